//! The network's outputs: which is the policy, which the value.

use nets_core::System;

use super::{Choice, PackError, Wishes, can_look_ahead, nearest};
use crate::link::Heads;
use crate::program::{Content, Element, Output, Program};

/// Finds policy and value among the outputs of a program. One that decides by its value alone is given
/// a policy that prefers nothing.
pub(super) fn find(
    program: &mut Program,
    system: &dyn System,
    wishes: &Wishes,
) -> Result<Heads, PackError> {
    let action_count = system.action_count();
    if wishes.choice == Choice::Nearest && action_count > nearest::ACTIONS_MAX {
        return Err(PackError::Choice(format!(
            "the {action_count} actions of {} are no scale",
            system.id()
        )));
    }
    // How many numbers the policy has.
    let wanted = if wishes.choice == Choice::Nearest { 1 } else { action_count };
    let outputs = Outputs { all: &program.outputs, system, wanted };
    let value = outputs.value(wishes)?;
    let policy = outputs.policy(wishes, value)?;
    let policy = policy.unwrap_or_else(|| prefer_nothing(program, action_count as usize));
    Ok(Heads { policy, value })
}

/// One more output: a number for each action, all 0.
fn prefer_nothing(program: &mut Program, actions: usize) -> usize {
    let buffer = program.buffer(actions, Element::F32, Content::Kept);
    program.outputs.push(Output { name: String::new(), shape: vec![1, actions], buffer });
    program.outputs.len() - 1
}

/// What there is to choose from.
struct Outputs<'a> {
    all: &'a [Output],
    system: &'a dyn System,
    /// How many numbers a policy has.
    wanted: u64,
}

impl Outputs<'_> {
    fn value(&self, wishes: &Wishes) -> Result<Option<usize>, PackError> {
        let is_needed = wishes.choice == Choice::Value;
        if let Some(name) = &wishes.value {
            let place = self.named(name)?;
            if self.len(place) != 1 {
                return Err(self.unfit(format!("the value {name:?} is not one number")));
            }
            return Ok(Some(place));
        }
        // Where a policy is one number too, a value has to be named.
        if self.wanted == 1 {
            return Ok(None);
        }
        match self.of_len(1)[..] {
            [only] => Ok(Some(only)),
            [] if is_needed => Err(self.unfit("none is a value, which is one number".to_owned())),
            [_, _, ..] if is_needed => Err(PackError::Several {
                head: "value",
                problem: self.message("several could be the value".to_owned()),
            }),
            _ => Ok(None),
        }
    }

    /// The policy; none where the value is enough to decide by.
    fn policy(&self, wishes: &Wishes, value: Option<usize>) -> Result<Option<usize>, PackError> {
        let meaning = self.meaning();
        if let Some(name) = &wishes.policy {
            let place = self.named(name)?;
            if self.len(place) != self.wanted {
                return Err(self.unfit(format!("the policy {name:?} has not {meaning}")));
            }
            return Ok(Some(place));
        }
        let mut fitting = self.of_len(self.wanted);
        fitting.retain(|place| Some(*place) != value);
        match fitting[..] {
            [only] => Ok(Some(only)),
            [_, _, ..] => Err(PackError::Several {
                head: "policy",
                problem: self.message("several could be the policy".to_owned()),
            }),
            [] if value.is_some() && wishes.choice == Choice::Value => self.without_policy(),
            [] if value.is_some() && can_look_ahead(self.system) && self.wanted != 1 => {
                let problem = format!("a value alone chooses nothing: expected also {meaning}");
                Err(PackError::ValueAlone(self.message(problem)))
            }
            [] => Err(self.unfit(format!("expected one with {meaning}"))),
        }
    }

    /// No policy, in a System where values can always be looked up.
    fn without_policy(&self) -> Result<Option<usize>, PackError> {
        if super::acts_at_once(self.system) {
            return Err(PackError::Choice(format!(
                "both seats of {} act at once, so where an action leads is not known, and the network \
                 has no policy to choose by",
                self.system.id()
            )));
        }
        Ok(None)
    }

    fn len(&self, place: usize) -> u64 {
        self.all[place].shape.iter().product::<usize>() as u64
    }

    fn of_len(&self, len: u64) -> Vec<usize> {
        (0..self.all.len()).filter(|&place| self.len(place) == len).collect()
    }

    fn named(&self, name: &str) -> Result<usize, PackError> {
        let place = self.all.iter().position(|output| output.name == name);
        place.ok_or_else(|| self.unfit(format!("none is named {name:?}")))
    }

    /// What a policy is.
    fn meaning(&self) -> String {
        match self.wanted {
            1 => format!("one number, from 0 to 1, for all actions of {}", self.system.id()),
            wanted => format!("{wanted} numbers, one for each action of {}", self.system.id()),
        }
    }

    fn unfit(&self, problem: String) -> PackError {
        PackError::Output(self.message(problem))
    }

    fn message(&self, problem: String) -> String {
        let all = self.all.iter().map(|it| format!("{:?} of shape {:?}", it.name, it.shape));
        format!("{problem}; there are {}", all.collect::<Vec<_>>().join(", "))
    }
}
