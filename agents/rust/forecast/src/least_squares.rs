//! Least squares: the weights with which sums of terms come nearest to their targets.

/// How many terms have a weight.
pub(crate) const TERMS: usize = 14;

/// The weights for these examples of terms and target. Each weight but the first is held back as
/// `ridge` examples would in which its term is as large as usual and the target is 0.
pub(crate) fn fit(examples: impl Iterator<Item = ([f64; TERMS], f64)>, ridge: f64) -> [f64; TERMS] {
    let (mut products, mut targets) = ([[0.0; TERMS]; TERMS], [0.0; TERMS]);
    let mut count = 0.0;
    for (terms, target) in examples {
        for (row, term) in terms.iter().enumerate() {
            for (product, other) in products[row].iter_mut().zip(&terms) {
                *product += term * other;
            }
            targets[row] += term * target;
        }
        count += 1.0;
    }
    for (index, row) in products.iter_mut().enumerate().skip(1) {
        // A term that never was other than 0 must not divide by 0.
        row[index] = row[index] * (1.0 + ridge / count) + 1e-6;
    }
    solve(products, targets)
}

/// The solution of linear equations with a positive definite matrix, which needs no pivots.
fn solve(mut matrix: [[f64; TERMS]; TERMS], mut right: [f64; TERMS]) -> [f64; TERMS] {
    for step in 0..TERMS {
        let (pivot, target) = (matrix[step], right[step]);
        for (row, right) in matrix.iter_mut().zip(&mut right).skip(step + 1) {
            let factor = row[step] / pivot[step];
            for (value, above) in row.iter_mut().zip(&pivot).skip(step) {
                *value -= factor * above;
            }
            *right -= factor * target;
        }
    }
    for step in (0..TERMS).rev() {
        let known = matrix[step].iter().zip(&right).skip(step + 1);
        let known: f64 = known.map(|(factor, weight)| factor * weight).sum();
        right[step] = (right[step] - known) / matrix[step][step];
    }
    right
}
