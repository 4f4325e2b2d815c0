//! Images as files.

use nets_machine::{Image, ImageError};

use crate::support::writer;

#[test]
fn an_image_is_read_as_it_was_written() {
    let image = writer(3, 4);
    let again = Image::decode(&image.encode()).unwrap();
    assert_eq!(again.encode(), image.encode());
    assert_eq!(again.code_root(), image.code_root());
    assert_eq!(again.ram_root(), image.ram_root());
    assert_ne!(image.code_root(), writer(3, 8).code_root());
}

#[test]
fn what_is_no_image_is_refused() {
    let bytes = writer(3, 4).encode();
    assert_eq!(Image::decode(b"").unwrap_err(), ImageError::Magic);
    assert_eq!(Image::decode(&bytes[1..]).unwrap_err(), ImageError::Magic);
    for length in 8..bytes.len() {
        assert!(matches!(Image::decode(&bytes[..length]), Err(ImageError::Encoding(_))));
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(Image::decode(&longer), Err(ImageError::Encoding(_))));
    let odd = Image::new(0, vec![0; 33], Vec::new()).unwrap_err();
    assert_eq!(
        odd.to_string(),
        "the image's code has 33 bytes, not a multiple of 32 up to 4194304"
    );
    let large = Image::new(0, vec![0; (4 << 20) + 32], Vec::new()).unwrap_err();
    assert!(matches!(large, ImageError::Length { part: "code", .. }));
}
