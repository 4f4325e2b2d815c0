//! The picture of sealed bids, and what can be wrong with one.

use super::Fault;

pub(super) fn draw(fault: Fault, words: &str) -> String {
    let namespace = match fault {
        Fault::SvgOfNoNamespace => "",
        _ => " xmlns=\"http://www.w3.org/2000/svg\"",
    };
    let view = match fault {
        Fault::SvgWithoutViewBox => "",
        _ => " viewBox=\"0 0 200 20\"",
    };
    let shape = match fault {
        Fault::SvgUnbalanced => "<g>",
        Fault::SvgRunsScript => "<script>1</script>",
        Fault::SvgListens => "<g onclick=\"1\"/>",
        Fault::SvgRefersElsewhere => "<g href=\"elsewhere\"/>",
        Fault::SvgStyledFromElsewhere => "<style>g{fill:url(elsewhere)}</style>",
        _ => "",
    };
    match fault {
        Fault::SvgOfOtherMarkup => format!("<p>{words}</p>"),
        _ => format!("<svg{namespace}{view}>{shape}<text y=\"15\">{words}</text></svg>"),
    }
}
