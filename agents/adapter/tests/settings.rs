//! The bytes of settings.

use adapter::{Choice, Settings};

#[test]
fn settings_are_the_choice_the_temperature_and_the_parameters() {
    let settings =
        Settings { choice: Choice::Sampled { temperature: 0.5 }, parameters: vec![7, 8, 9] };
    let block = [1, 0, 0, 0, 0, 0, 0, 0x3f, 3, 0, 0, 0, 7, 8, 9];
    assert_eq!(settings.encode(), block);
    assert_eq!(Settings::decode(&block), Ok(settings));
    for (number, choice) in [(0, Choice::Best), (2, Choice::Value)] {
        let settings = Settings { choice, parameters: Vec::new() };
        assert_eq!(settings.encode()[..4], [number, 0, 0, 0]);
        assert_eq!(Settings::decode(&settings.encode()), Ok(settings));
    }
}

#[test]
fn settings_that_are_cut_go_on_or_have_no_such_choice_are_refused() {
    let block = Settings { choice: Choice::Best, parameters: vec![1, 2] }.encode();
    for length in 0..block.len() {
        assert!(Settings::decode(&block[..length]).is_err(), "{length} bytes");
    }
    assert!(Settings::decode(&[&block[..], &[0]].concat()).is_err());
    let other = [&[3], &block[1..]].concat();
    assert_eq!(Settings::decode(&other).unwrap_err().to_string(), "choice is 3, expected 0 to 2");
}
