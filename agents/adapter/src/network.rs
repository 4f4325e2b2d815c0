//! What an adapter asks a network.

/// A network that reads tensors of one System.
pub trait Network {
    /// A number for each action: the greater, the better the network likes it in the position of
    /// this tensor. They may be anything, NaN included.
    fn policy(&mut self, tensor: &[f32]) -> &[f32];

    /// What the last [`Network::policy`] said of the position for the seat whose tensor it was: from
    /// -1 lost to 1 won, 0 where the network has no such output.
    fn value(&self) -> f32;
}
