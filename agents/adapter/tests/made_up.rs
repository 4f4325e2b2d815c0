//! Networks without weights.

use adapter::Network;
use nets_agent_sdk::scatter;

/// A network of two functions of the tensor.
pub(crate) struct MadeUp<P, V> {
    policy: P,
    value: V,
    numbers: Vec<f32>,
    worth: f32,
    /// How often it was asked.
    pub(crate) calls: u32,
}

impl<P: Fn(&[f32]) -> Vec<f32>, V: Fn(&[f32]) -> f32> MadeUp<P, V> {
    pub(crate) fn new(policy: P, value: V) -> Self {
        Self { policy, value, numbers: Vec::new(), worth: 0.0, calls: 0 }
    }
}

impl<P: Fn(&[f32]) -> Vec<f32>, V: Fn(&[f32]) -> f32> Network for MadeUp<P, V> {
    fn policy(&mut self, tensor: &[f32]) -> &[f32] {
        self.calls += 1;
        self.worth = (self.value)(tensor);
        self.numbers = (self.policy)(tensor);
        &self.numbers
    }

    fn value(&self) -> f32 {
        self.worth
    }
}

/// Numbers from -1 to 1 that look random, for so many actions; some are NaN.
pub(crate) fn scattered_policy(tensor: &[f32], action_count: u64) -> Vec<f32> {
    let hash = hash(tensor);
    let number = |action| match scatter(hash ^ action) {
        word if word.is_multiple_of(13) => f32::NAN,
        word => from_word(word),
    };
    (0..action_count).map(number).collect()
}

/// A number from -1 to 1 that looks random.
pub(crate) fn scattered_value(tensor: &[f32]) -> f32 {
    from_word(scatter(!hash(tensor)))
}

fn hash(tensor: &[f32]) -> u64 {
    tensor.iter().fold(1, |hash, number| scatter(hash ^ u64::from(number.to_bits())))
}

fn from_word(word: u64) -> f32 {
    // Of a few values, so that some are equal.
    (word % 257) as f32 / 128.0 - 1.0
}
