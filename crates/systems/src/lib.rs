//! The Systems that ship with nets: Snake, rock-paper-scissors, Connect Four.
