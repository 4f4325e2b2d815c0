//! Restoring simulations: numbers to which no start and no step leads are refused.

use nets_core::{Chance, Ending, Seat, Seed, Status, System};

const PI: f64 = std::f64::consts::PI;

fn bytes(step: u16, numbers: &[f64]) -> Vec<u8> {
    let mut bytes = step.to_le_bytes().to_vec();
    bytes.extend(numbers.iter().flat_map(|number| number.to_bits().to_le_bytes()));
    bytes
}

fn priced(step: u16, numbers: &[f64], cost: u64) -> Vec<u8> {
    [bytes(step, numbers), cost.to_le_bytes().to_vec()].concat()
}

fn restored(system: &dyn System, bytes: &[u8]) -> Result<Status, String> {
    let state = system.restore(bytes, Chance::from_seed(&Seed([7; 32])));
    let state = state.map_err(|error| error.to_string())?;
    assert_eq!(state.bytes(), bytes);
    assert_eq!(state.observation(Seat(0)), bytes);
    Ok(state.status())
}

const OVER: Status = Status::Terminal(Ending::Finished);
const LIMIT: Status = Status::Terminal(Ending::StepLimit);

/// Whether the System refuses each of these, and says which words.
fn refuses(system: &dyn System, cases: &[(Vec<u8>, &str)]) {
    for (bytes, expected) in cases {
        let text = restored(system, bytes).expect_err("bytes that are no state");
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for name in ["cartpole", "mountain-car", "acrobot", "pendulum"] {
        let system = crate::system(name, &[]);
        let length = system.observation_bytes_max() as usize;
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0] {
            let mut state = bytes(1, &[number]);
            state.resize(length, 0);
            refuses(&*system, &[(state, "expected a finite one and no negative zero")]);
        }
        let mut late = bytes(501, &[]);
        late.resize(length, 0);
        refuses(&*system, &[(late, "step is 501")]);
    }
}

#[test]
fn poles_that_cannot_stand_so_are_refused() {
    let system = crate::system("cartpole", &[]);
    assert!(matches!(restored(&*system, &bytes(0, &[0.05; 4])), Ok(Status::Acting(_))));
    assert!(matches!(
        restored(&*system, &bytes(9, &[2.4, 999.0, 0.2, -999.0])),
        Ok(Status::Acting(_))
    ));
    assert_eq!(restored(&*system, &bytes(9, &[2.41, 0.0, 0.0, 0.0])), Ok(OVER));
    assert_eq!(restored(&*system, &bytes(500, &[2.41, 0.0, 0.0, 0.0])), Ok(OVER));
    assert_eq!(restored(&*system, &bytes(9, &[0.0, 1_500.0, -0.21, 0.0])), Ok(OVER));
    assert_eq!(restored(&*system, &bytes(500, &[0.0; 4])), Ok(LIMIT));
    let cases = [
        (bytes(0, &[0.051, 0.0, 0.0, 0.0]), "no episode starts with [0.051"),
        (bytes(0, &[2.5, 0.0, 0.0, 0.0]), "no episode starts with"),
        (bytes(9, &[0.0, 1_001.0, 0.0, 0.0]), "no step leads to"),
        (bytes(9, &[2.5, 2_001.0, 0.0, 0.0]), "no step leads to"),
    ];
    refuses(&*system, &cases);
}

#[test]
fn cars_that_cannot_be_there_are_refused() {
    let system = crate::system("mountain-car", &[]);
    assert!(matches!(restored(&*system, &bytes(0, &[-0.5, 0.0])), Ok(Status::Acting(_))));
    assert!(matches!(restored(&*system, &bytes(5, &[0.5, -0.01])), Ok(Status::Acting(_))));
    assert_eq!(restored(&*system, &bytes(5, &[0.5, 0.0])), Ok(OVER));
    assert_eq!(restored(&*system, &bytes(200, &[0.6, 0.07])), Ok(OVER));
    assert_eq!(restored(&*system, &bytes(200, &[-1.2, 0.0])), Ok(LIMIT));
    let cases = [
        (bytes(0, &[-0.5, 0.01]), "no episode starts with"),
        (bytes(0, &[-0.39, 0.0]), "no episode starts with"),
        (bytes(5, &[0.61, 0.0]), "no step leads to"),
        (bytes(5, &[0.0, 0.071]), "no step leads to"),
        (bytes(5, &[-1.2, -0.01]), "no step leads to"),
    ];
    refuses(&*system, &cases);
}

#[test]
fn links_that_cannot_hang_so_are_refused() {
    let system = crate::system("acrobot", &[]);
    assert!(matches!(
        restored(&*system, &bytes(7, &[PI / 2.0, -PI, 0.0, 0.0])),
        Ok(Status::Acting(_))
    ));
    assert_eq!(restored(&*system, &bytes(7, &[PI, 0.0, 4.0 * PI, -9.0 * PI])), Ok(OVER));
    assert_eq!(restored(&*system, &bytes(500, &[0.0; 4])), Ok(LIMIT));
    let cases = [
        (bytes(0, &[0.11, 0.0, 0.0, 0.0]), "no episode starts with"),
        (bytes(7, &[3.15, 0.0, 0.0, 0.0]), "no step leads to"),
        (bytes(7, &[0.0, -3.15, 0.0, 0.0]), "no step leads to"),
        (bytes(7, &[0.0, 0.0, 12.6, 0.0]), "no step leads to"),
        (bytes(7, &[0.0, 0.0, 0.0, 28.3]), "no step leads to"),
    ];
    refuses(&*system, &cases);
}

#[test]
fn pendulums_that_cannot_swing_so_are_refused() {
    let system = crate::system("pendulum", &[]);
    assert!(matches!(restored(&*system, &priced(0, &[-PI, 1.0], 0)), Ok(Status::Acting(_))));
    assert_eq!(restored(&*system, &priced(200, &[83.0, -8.0], 200 * 16_273_605)), Ok(LIMIT));
    let cases = [
        (priced(0, &[0.0, 0.0], 1), "no episode starts with"),
        (priced(0, &[3.2, 0.0], 0), "no episode starts with"),
        (priced(1, &[0.0, 0.0], 16_273_606), "no step leads to"),
        (priced(1, &[5.1, 0.0], 0), "no step leads to"),
        (priced(1, &[0.0, 8.1], 0), "no step leads to"),
    ];
    refuses(&*system, &cases);
}
