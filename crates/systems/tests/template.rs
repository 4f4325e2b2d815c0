//! The template of `cargo xtask new-system`: what it makes compiles and conforms.

use std::sync::Arc;

use nets_core::{ParameterValues, System};
use nets_testkit::system_conformance::check;

#[path = "../../../xtask/templates/count_to.rs"]
mod count_to;

fn template(target: u64) -> Arc<dyn System> {
    let given = [("target".to_owned(), target)].into();
    let parameters = ParameterValues::new(count_to::DESCRIPTOR.parameters, &given).unwrap();
    Arc::new(count_to::CountTo::new(parameters))
}

#[test]
fn the_template_conforms() {
    for target in [1, 2, 21, 200] {
        check(&|| template(target), &[], 3).unwrap_or_else(|e| panic!("{e}"));
    }
}
