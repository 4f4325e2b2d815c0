//! Drawings: SVG pictures put together from a few shapes and one set of colours.
//!
//! A shape has a class, not a colour: the colours are chosen here once, for light and for dark
//! ground. Sizes are whole numbers. Invariant: the picture is well-formed, refers to nothing
//! outside itself and runs nothing, whatever words it is given.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

/// A point, or a width and a height, in units of the picture.
pub(crate) type Pair = (i32, i32);

/// The colours of the classes: `ground` and `panel` lie under everything, `line` divides them,
/// `ink` is for words, `first` and `second` are what belongs to the first two seats, `accent` what
/// belongs to none, `ring` goes round what matters, and `stroke` makes a path of a shape's colour.
const STYLE: &str = "\
svg{--ground:#fbfaf7;--panel:#e7e3d8;--line:#cdc7b8;--ink:#23262b;--first:#c8374b;--second:#d99a16;\
--accent:#1d8a7a}\
@media(prefers-color-scheme:dark){svg{--ground:#15171b;--panel:#2a2e36;--line:#434955;\
--ink:#e8e6e1;--first:#f0596d;--second:#f2bd4b;--accent:#39c0ab}}\
.ground{fill:var(--ground)}.panel{fill:var(--panel)}.ink{fill:var(--ink)}\
.first{fill:var(--first);stroke:var(--first)}.second{fill:var(--second);stroke:var(--second)}\
.accent{fill:var(--accent)}.line{fill:none;stroke:var(--line)}\
.ring{fill:none;stroke:var(--ink);stroke-width:2}\
.stroke{fill:none;stroke-width:8;stroke-linecap:round;stroke-linejoin:round}\
.light-squares{fill:#e3d5b8}.dark-squares{stroke:#a98b66;stroke-width:20;stroke-dasharray:20}\
.white-piece{fill:#fdfbf5;stroke:#23262b}.black-piece{fill:#23262b;stroke:#fdfbf5}\
text{font:11px ui-monospace,monospace;text-anchor:middle}";

/// A picture being drawn.
pub(crate) struct Drawing {
    svg: String,
}

impl Drawing {
    /// An empty picture of this width and height; `title` is for those who cannot see it.
    pub(crate) fn new((width, height): Pair, title: &str) -> Self {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\">\n<title>"
        );
        push_escaped(&mut svg, title);
        svg.push_str("</title>\n<style>");
        svg.push_str(STYLE);
        svg.push_str("</style>\n");
        let mut drawing = Self { svg };
        drawing.rect("ground", (0, 0), (width, height));
        drawing
    }

    /// A rectangle from its upper left corner.
    pub(crate) fn rect(&mut self, class: &str, (x, y): Pair, (width, height): Pair) {
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        ));
    }

    /// A circle around its centre.
    pub(crate) fn circle(&mut self, class: &str, (x, y): Pair, radius: i32) {
        self.push(format_args!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"));
    }

    /// A path in SVG's own letters, moved by `(x, y)`.
    pub(crate) fn path(&mut self, class: &str, path: &str, (x, y): Pair) {
        self.push(format_args!(
            "<path class=\"{class}\" transform=\"translate({x} {y})\" d=\"{path}\"/>"
        ));
    }

    /// Words whose line begins half to the left and ends half to the right of the point.
    pub(crate) fn text(&mut self, class: &str, (x, y): Pair, words: &str) {
        self.svg.push_str(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">"));
        push_escaped(&mut self.svg, words);
        self.svg.push_str("</text>\n");
    }

    /// The picture.
    pub(crate) fn finish(self) -> String {
        self.svg + "</svg>\n"
    }

    fn push(&mut self, shape: core::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.svg, "{shape}");
    }
}

fn push_escaped(svg: &mut String, words: &str) {
    for character in words.chars() {
        match character {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            _ => svg.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_become_shapes() {
        let mut drawing = Drawing::new((9, 9), "a<b");
        drawing.text("ink", (1, 2), "</text><script>&");
        let svg = drawing.finish();
        assert!(svg.contains("<title>a&lt;b</title>"), "{svg}");
        assert!(svg.contains(">&lt;/text&gt;&lt;script&gt;&amp;</text>"), "{svg}");
    }
}
