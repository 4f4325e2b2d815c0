//! Each System by itself, from its canonical parameter bytes.
//!
//! The registry knows all Systems, so a program that asks it has the code of all. What is made for
//! one System and has to be small, as a module for agents, builds it here: its type is known, and
//! nothing is linked but what is called.

use nets_core::{Descriptor, ParameterValues, System};

use crate::registry::BuildError;
use crate::{
    chess, connect_four, forecast, go, hex, othello, poker, rock_paper_scissors, simulations,
    snake, snake_arena, tic_tac_toe,
};

fn decoded(
    descriptor: &'static Descriptor,
    parameters: &[u8],
) -> Result<ParameterValues, BuildError> {
    let refused = |source| BuildError::Parameters { name: descriptor.name, source };
    ParameterValues::decode(descriptor.parameters, parameters).map_err(refused)
}

macro_rules! alone {
    ($($(#[$name:meta])* $function:ident: $rules:ty, $descriptor:expr;)*) => {$(
        $(#[$name])*
        ///
        /// # Errors
        /// When the bytes are no parameters that it accepts.
        pub fn $function(parameters: &[u8]) -> Result<impl System + use<>, BuildError> {
            Ok(<$rules>::new(decoded(&$descriptor, parameters)?))
        }
    )*};
}

alone! {
    /// The System `snake`.
    snake: snake::Snake, snake::DESCRIPTOR;
    /// The System `rps`.
    rps: rock_paper_scissors::RockPaperScissors, rock_paper_scissors::DESCRIPTOR;
    /// The System `snake-arena`.
    snake_arena: snake_arena::SnakeArena, snake_arena::DESCRIPTOR;
    /// The System `connect-four`.
    connect_four: connect_four::ConnectFour, connect_four::DESCRIPTOR;
    /// The System `tic-tac-toe`.
    tic_tac_toe: tic_tac_toe::TicTacToe, tic_tac_toe::DESCRIPTOR;
    /// The System `othello`.
    othello: othello::Othello, othello::DESCRIPTOR;
    /// The System `hex`.
    hex: hex::Hex, hex::DESCRIPTOR;
    /// The System `go`.
    go: go::Go, go::DESCRIPTOR;
    /// The System `chess`.
    chess: chess::Chess, chess::DESCRIPTOR;
    /// The System `kuhn-poker`.
    kuhn_poker: poker::Poker<poker::Kuhn>, poker::kuhn::DESCRIPTOR;
    /// The System `leduc-poker`.
    leduc_poker: poker::Poker<poker::Leduc>, poker::leduc::DESCRIPTOR;
    /// The System `cartpole`.
    cartpole: simulations::Episode<simulations::CartPole>, simulations::cart_pole::DESCRIPTOR;
    /// The System `mountain-car`.
    mountain_car: simulations::Episode<simulations::MountainCar>,
        simulations::mountain_car::DESCRIPTOR;
    /// The System `acrobot`.
    acrobot: simulations::Episode<simulations::Acrobot>, simulations::acrobot::DESCRIPTOR;
    /// The System `pendulum`.
    pendulum: simulations::Episode<simulations::Pendulum>, simulations::pendulum::DESCRIPTOR;
}

/// The System `forecast` on a series of which every value is the lowest: for who reads observations,
/// which say all that is to be known of a series, and plays no match.
///
/// # Errors
/// When the bytes are no parameters that it accepts.
pub fn forecast(parameters: &[u8]) -> Result<impl System + use<>, BuildError> {
    let name = forecast::DESCRIPTOR.name;
    let values = ParameterValues::decode_on_data(forecast::DESCRIPTOR.parameters, parameters)
        .map_err(|source| BuildError::Parameters { name, source })?;
    let flat = forecast::Forecast::on_flat_series(values);
    flat.map_err(|reason| BuildError::Contradictory { name, reason })
}
