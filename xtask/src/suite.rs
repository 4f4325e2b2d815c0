//! `cargo xtask test`: runs the steps in order, stops at the first that fails, and sums up.
//!
//! The last line printed is `N passed, M failed`, over steps.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::steps::{STEPS, Step};

/// Which steps were asked for.
#[derive(Debug, PartialEq, Eq)]
enum Choice {
    All,
    Fast,
    Only(Vec<String>),
}

/// How a step ended.
enum Ending {
    Passed(Duration),
    Failed(Duration),
    NotRun,
}

/// Runs what the options ask for.
///
/// # Errors
/// When an option is unknown; an empty message when a step failed, which has been reported.
pub(crate) fn run(root: &Path, options: &[&str]) -> Result<(), String> {
    if options == ["--list"] {
        STEPS.iter().for_each(|step| println!("{:<11} {}", step.name, step.purpose));
        return Ok(());
    }
    let choice = parse(options)?;
    let steps: Vec<&Step> = STEPS.iter().filter(|step| is_chosen(&choice, step)).collect();
    let mut endings = Vec::new();
    let mut has_failed = false;
    for step in &steps {
        if has_failed {
            endings.push(Ending::NotRun);
            continue;
        }
        println!("\n=== {}: {}", step.name, step.purpose);
        let start = Instant::now();
        let result = (step.run)(root);
        if let Err(message) = &result {
            has_failed = true;
            println!("\n{message}");
            println!(
                "{} failed; to run it alone: cargo xtask test --only {}",
                step.name, step.name
            );
        }
        let time = start.elapsed();
        endings.push(if result.is_ok() { Ending::Passed(time) } else { Ending::Failed(time) });
    }
    println!("\n{}", summary(&steps, &endings));
    if has_failed { Err(String::new()) } else { Ok(()) }
}

fn parse(options: &[&str]) -> Result<Choice, String> {
    let mut names = Vec::new();
    let mut rest = options;
    loop {
        rest = match rest {
            [] if names.is_empty() => return Ok(Choice::All),
            [] => return Ok(Choice::Only(names)),
            ["--fast"] if names.is_empty() => return Ok(Choice::Fast),
            ["--only", name, rest @ ..] if STEPS.iter().any(|step| step.name == *name) => {
                names.push((*name).to_owned());
                rest
            }
            ["--only", name, ..] => {
                let known: Vec<_> = STEPS.iter().map(|step| step.name).collect();
                return Err(format!("no step {name:?}; the steps are: {}", known.join(", ")));
            }
            _ => {
                let got = rest.join(" ");
                return Err(format!("expected --list, --fast or --only STEP, got {got:?}"));
            }
        };
    }
}

fn is_chosen(choice: &Choice, step: &Step) -> bool {
    match choice {
        Choice::All => true,
        Choice::Fast => step.is_fast,
        Choice::Only(names) => names.iter().any(|name| name == step.name),
    }
}

fn summary(steps: &[&Step], endings: &[Ending]) -> String {
    let lines = steps.iter().zip(endings).map(|(step, ending)| match ending {
        Ending::Passed(time) => format!("{:<11} passed {:>7.1} s\n", step.name, time.as_secs_f64()),
        Ending::Failed(time) => format!("{:<11} FAILED {:>7.1} s\n", step.name, time.as_secs_f64()),
        Ending::NotRun => format!("{:<11} not run\n", step.name),
    });
    let lines: String = lines.collect();
    let count = |is: fn(&Ending) -> bool| endings.iter().filter(|ending| is(ending)).count();
    let passed = count(|ending| matches!(ending, Ending::Passed(_)));
    let failed = count(|ending| matches!(ending, Ending::Failed(_)));
    format!("{lines}\n{passed} passed, {failed} failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_choose_steps() {
        assert_eq!(parse(&[]), Ok(Choice::All));
        assert_eq!(parse(&["--fast"]), Ok(Choice::Fast));
        let both = Choice::Only(vec!["tidy".to_owned(), "format".to_owned()]);
        assert_eq!(parse(&["--only", "tidy", "--only", "format"]), Ok(both));
        assert!(parse(&["--only", "nothing"]).unwrap_err().contains("the steps are: format, "));
        assert!(parse(&["--only"]).is_err());
        assert!(parse(&["--quick"]).is_err());
    }

    #[test]
    fn the_summary_ends_with_the_counts() {
        let steps: Vec<_> = STEPS.iter().take(3).collect();
        let second = Duration::from_secs(1);
        let endings = [Ending::Passed(second), Ending::Failed(second), Ending::NotRun];
        let text = summary(&steps, &endings);
        assert_eq!(text.lines().last(), Some("1 passed, 1 failed"));
        assert!(text.contains("FAILED     1.0 s") && text.contains("not run"), "{text}");
    }

    #[test]
    fn names_of_steps_are_unique() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|earlier| earlier.name != step.name));
        }
    }
}
