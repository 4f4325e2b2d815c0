//! Ways to choose among legal actions, and the plainest of them.

use nets_core::Action;

/// How an adapter chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// The action with the greatest policy number.
    Best,
    /// Each action as often as the softmax of the policy numbers says, by a hash of what is seen.
    Sampled {
        /// What the policy numbers are divided by; above 0, and the greater, the more even the
        /// choice.
        temperature: f32,
    },
    /// The action after which the value is the greatest, in Systems where that can be looked up;
    /// elsewhere as [`Choice::Best`].
    Value,
}

/// The action with the greatest number, of several the lowest; a NaN is less than every number.
///
/// None where there is no action.
pub fn best(numbered: impl IntoIterator<Item = (Action, f32)>) -> Option<Action> {
    let mut numbered = numbered.into_iter();
    let first = numbered.next()?;
    let greater = |best: (Action, f32), next: (Action, f32)| {
        let is_greater = next.1 > best.1 || best.1.is_nan() && !next.1.is_nan();
        if is_greater { next } else { best }
    };
    Some(numbered.fold(first, greater).0)
}
