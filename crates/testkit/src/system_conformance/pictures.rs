//! Pictures: SVG that any reader can read, that needs nothing else and runs nothing.

use roxmltree::{Document, Node};

use super::{Rule, Subject, Violation, violation};

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// No picture is longer than this, in bytes.
const BYTES_MAX: usize = 1 << 20;

/// Elements that run something or show what is elsewhere.
const ACTIVE: [&str; 6] = ["script", "foreignObject", "image", "use", "a", "set"];

/// The picture of every moment is well-formed, self-contained and passive.
pub(super) fn check(subject: &Subject<'_>) -> Result<(), Violation> {
    for recorded in &subject.recorded {
        recorded.visit(subject, |step, state| {
            fault(&state.svg()).map_or(Ok(()), |text| {
                violation(Rule::Picture, format!("{text}, {}", recorded.at(step)))
            })
        })?;
    }
    Ok(())
}

/// What is wrong with a picture, if anything.
fn fault(svg: &str) -> Option<String> {
    if svg.len() > BYTES_MAX {
        return Some(format!("{} bytes, expected at most {BYTES_MAX}", svg.len()));
    }
    if !svg.starts_with("<svg") || !svg.trim_end().ends_with("</svg>") {
        return Some("the picture does not begin with <svg or not end with </svg>".to_owned());
    }
    let document = match Document::parse(svg) {
        Ok(document) => document,
        Err(error) => return Some(format!("no XML: {error}")),
    };
    let root = document.root_element();
    if root.attribute("viewBox").is_none() {
        return Some("there is no viewBox".to_owned());
    }
    root.descendants().find_map(fault_of_node)
}

fn fault_of_node(node: Node<'_, '_>) -> Option<String> {
    let name = node.tag_name().name();
    if node.is_element() && node.tag_name().namespace() != Some(NAMESPACE) {
        return Some(format!("<{name}> is no SVG: its namespace is not {NAMESPACE}"));
    }
    if ACTIVE.contains(&name) || name.starts_with("animate") {
        return Some(format!("<{name}> runs something or shows what is elsewhere"));
    }
    if let Some(attribute) =
        node.attributes().find(|a| a.name() == "href" || a.name().starts_with("on"))
    {
        return Some(format!("<{name}> has the attribute {}", attribute.name()));
    }
    let texts = node.attributes().map(|a| a.value()).chain(node.text().filter(|_| node.is_text()));
    let mut elsewhere = texts.filter(|text| {
        // A reference within the picture begins with #.
        text.replace("url(#", "").contains("url(") || text.contains("@import")
    });
    elsewhere.next().map(|text| format!("{text:?} refers to what is elsewhere"))
}
