//! Pictures of states as pixels, for those who film matches.
//!
//! A System's SVG picture is drawn by a library, all but its words: those are put on it with letters that
//! are part of this package, so that a picture is the same on every machine.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use resvg::tiny_skia::{Pixmap, PremultipliedColorU8, Transform};
use resvg::usvg::{Options, Tree, roxmltree};
use thiserror::Error;

/// Pixels for each unit of a picture, which is drawn for pages.
const SCALE: u32 = 2;
/// Letters of the size that the pictures' style gives them, times the scale.
const HEIGHT: RasterHeight = RasterHeight::Size24;
/// How far the line that letters stand on is below their upper edge, in pixels.
const BASELINE: i32 = 18;

/// A picture that cannot be drawn: a fault of the System that made it.
#[derive(Debug, Error)]
pub(crate) enum RasterError {
    #[error("the picture is no SVG: {0}")]
    Xml(#[from] roxmltree::Error),
    #[error("the picture cannot be drawn: {0}")]
    Svg(#[from] resvg::usvg::Error),
    #[error("the picture has no size")]
    Size,
}

/// Rows of pixels from the top, each of red, green and blue.
#[derive(Debug)]
pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
}

/// Draws an SVG picture of a System, as on light ground.
///
/// # Errors
/// When it is none.
pub(crate) fn drawn(svg: &str) -> Result<Pixels, RasterError> {
    let svg = with_colours(svg);
    let document = roxmltree::Document::parse(&svg)?;
    let tree = Tree::from_xmltree(&document, &Options::default())?;
    let size = tree.size().to_int_size().scale_by(SCALE as f32).ok_or(RasterError::Size)?;
    let mut pixmap = Pixmap::new(size.width(), size.height()).ok_or(RasterError::Size)?;
    let scale = Transform::from_scale(SCALE as f32, SCALE as f32);
    resvg::render(&tree, scale, &mut pixmap.as_mut());
    let ink = ink(&svg);
    for node in document.descendants().filter(|node| node.has_tag_name("text")) {
        let place = |name| node.attribute(name).and_then(|it| it.parse::<i32>().ok()).unwrap_or(0);
        let middle = (place("x") * SCALE as i32, place("y") * SCALE as i32);
        write(&mut pixmap, middle, node.text().unwrap_or_default(), ink);
    }
    let pixels = pixmap.pixels().iter();
    Ok(Pixels {
        width: size.width() as usize,
        height: size.height() as usize,
        rgb: pixels.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect(),
    })
}

/// The colours that the style gives names, as on light ground.
fn names(svg: &str) -> impl Iterator<Item = (&str, &str)> {
    let begin = svg.find("svg{").map_or(svg.len(), |at| at + 4);
    let block = &svg[begin..];
    let block = &block[..block.find('}').unwrap_or(0)];
    block.split(';').filter_map(|pair| pair.trim().split_once(':'))
}

/// The picture with colours where its style has their names, which the library does not know.
fn with_colours(svg: &str) -> String {
    names(svg)
        .fold(svg.to_owned(), |text, (name, colour)| text.replace(&format!("var({name})"), colour))
}

/// The colour of words: red, green, blue.
fn ink(svg: &str) -> [u8; 3] {
    let colour = names(svg).find(|(name, _)| *name == "--ink").map_or("", |(_, colour)| colour);
    let number = u32::from_str_radix(colour.trim_start_matches('#'), 16).unwrap_or(0);
    let [blue, green, red, _] = number.to_le_bytes();
    [red, green, blue]
}

/// Writes words whose line has its middle at a place.
fn write(pixmap: &mut Pixmap, (middle, line): (i32, i32), words: &str, ink: [u8; 3]) {
    let width = get_raster_width(FontWeight::Regular, HEIGHT) as i32;
    let mut left = middle - width * words.chars().count() as i32 / 2;
    for letter in words.chars() {
        let [letter, unknown] =
            [written(letter), '?'].map(|it| get_raster(it, FontWeight::Regular, HEIGHT));
        if let Some(letter) = letter.or(unknown) {
            for (row, cells) in letter.rows().enumerate() {
                for (column, &strength) in cells.iter().enumerate() {
                    let place = (left + column as i32, line - BASELINE + row as i32);
                    blend(pixmap, place, ink, strength);
                }
            }
        }
        left += width;
    }
}

/// A letter of the font for one that may be in a picture: suits of cards by their first letters.
fn written(letter: char) -> char {
    match letter {
        '\u{2660}' => 's',
        '\u{2665}' => 'h',
        '\u{25cf}' | '\u{25cb}' => '*',
        _ => letter,
    }
}

/// Lays a colour of some strength over a pixel of the ground, which is opaque.
fn blend(pixmap: &mut Pixmap, (x, y): (i32, i32), ink: [u8; 3], strength: u8) {
    let (width, height) = (pixmap.width() as i32, pixmap.height() as i32);
    if !(0..width).contains(&x) || !(0..height).contains(&y) {
        return;
    }
    let pixel = &mut pixmap.pixels_mut()[(y * width + x) as usize];
    let mix = |ground: u8, ink: u8| {
        let (ground, ink, strength) = (u32::from(ground), u32::from(ink), u32::from(strength));
        ((ground * (255 - strength) + ink * strength) / 255) as u8
    };
    let [red, green, blue] = ink;
    let mixed = [mix(pixel.red(), red), mix(pixel.green(), green), mix(pixel.blue(), blue)];
    if let Some(mixed) = PremultipliedColorU8::from_rgba(mixed[0], mixed[1], mixed[2], 255) {
        *pixel = mixed;
    }
}
