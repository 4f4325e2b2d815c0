//! The limits of a compile worker, as the operating system enforces them.
//!
//! Knows nothing of compilers. Where there are no such limits, nothing is ever given to a worker.

#![allow(unsafe_code)]

use std::io;
use std::process::{Child, Command, ExitStatus};

/// Whether this system can limit a process.
pub(super) const EXIST: bool = cfg!(unix);

/// Limits the processor time of this process in seconds and its memory in bytes, for good.
#[cfg(unix)]
pub(super) fn limit_this_process(cpu_seconds: u64, memory_bytes: u64) -> io::Result<()> {
    // Address space bounds everything that can be had; where it cannot be limited, data can.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let memory = libc::RLIMIT_AS;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let memory = libc::RLIMIT_DATA;
    // At the lower limit of time comes a signal that tells what it was, at the upper one the end.
    // A worker that is ended leaves no core: that would be a gigabyte for each hostile module.
    let wanted = [
        (libc::RLIMIT_CPU, cpu_seconds, cpu_seconds.saturating_add(1)),
        (memory, memory_bytes, memory_bytes),
        (libc::RLIMIT_CORE, 0, 0),
    ];
    for (resource, soft, hard) in wanted {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the pointer is to a limit that lives until the call returns.
        if unsafe { libc::getrlimit(resource, &raw mut limit) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // What the process was started with can be lower, and cannot be raised.
        limit.rlim_cur = limit.rlim_max.min(soft);
        limit.rlim_max = limit.rlim_max.min(hard);
        // SAFETY: as above; the limit is read and not kept.
        if unsafe { libc::setrlimit(resource, &raw const limit) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Gives a process that is to be started a group of its own: interrupting its parent at a terminal
/// is no reason to give its module up, and the group can be ended as a whole.
#[cfg(unix)]
pub(super) fn set_apart(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Ends a process that was [set apart](set_apart) with all that it has started, and reaps it.
#[cfg(unix)]
pub(super) fn end(child: &mut Child) -> io::Result<ExitStatus> {
    if let Ok(group) = libc::pid_t::try_from(child.id()) {
        // SAFETY: sends a signal and touches no memory. The child is not reaped yet, so its number
        // is still its own.
        unsafe { libc::kill(-group, libc::SIGKILL) };
    }
    child.wait()
}

/// Says whether a process ended because of what it was doing: it gave up by itself, or met its
/// limit of time, or crashed, as it does when an allocation fails. It would so end again. A signal
/// from outside says nothing about the module.
#[cfg(unix)]
pub(super) fn is_its_own_end(status: ExitStatus) -> bool {
    use libc::{SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGXCPU};
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    signal.is_none_or(|it| [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGXCPU].contains(&it))
}

/// There are no limits here.
#[cfg(not(unix))]
pub(super) fn limit_this_process(_: u64, _: u64) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// There are no groups here.
#[cfg(not(unix))]
pub(super) fn set_apart(_: &mut Command) {}

/// Ends a process and reaps it.
#[cfg(not(unix))]
pub(super) fn end(child: &mut Child) -> io::Result<ExitStatus> {
    child.kill()?;
    child.wait()
}

/// Nothing ends a process from outside that we would know of.
#[cfg(not(unix))]
pub(super) fn is_its_own_end(_: ExitStatus) -> bool {
    true
}
