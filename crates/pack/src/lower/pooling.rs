//! Windows that take the greatest or the mean of what they cover.

use super::attributes::int;
use super::convolution::{Moves, picture};
use super::shapes::{checked_len, sizes};
use super::value::Value;
use super::{Lowering, Operator, Problem};
use crate::onnx::Node;
use crate::program::{Kernel, Reduction, Window};

pub(super) fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "MaxPool" => |lowering, node| pool(lowering, node, Reduction::Max),
        "AveragePool" => |lowering, node| pool(lowering, node, Reduction::Mean),
        "GlobalAveragePool" => |lowering, node| global(lowering, node, Reduction::Mean),
        "GlobalMaxPool" => |lowering, node| global(lowering, node, Reduction::Max),
        _ => return None,
    })
}

fn pool(
    lowering: &mut Lowering<'_>,
    node: &Node,
    reduction: Reduction,
) -> Result<Vec<Value>, Problem> {
    let input = lowering.input(node, 0)?;
    let [_, rows, columns] = picture(&input.shape)?;
    let size =
        super::attributes::ints(node, "kernel_shape")?.ok_or("its kernel_shape is missing")?;
    let moves = Moves::of(node, &sizes(&size)?, [rows, columns])?;
    let output = moves.output([rows, columns], int(node, "ceil_mode", 0)? != 0)?;
    let counts_borders = int(node, "count_include_pad", 0)? != 0;
    Ok(vec![lowering.pooled(&input, moves, output, reduction, counts_borders)?])
}

/// One window over the whole picture.
fn global(
    lowering: &mut Lowering<'_>,
    node: &Node,
    reduction: Reduction,
) -> Result<Vec<Value>, Problem> {
    let input = lowering.input(node, 0)?;
    let [_, rows, columns] = picture(&input.shape)?;
    if rows * columns == 0 {
        return Err(format!("nothing is in its input of shape {:?}", input.shape));
    }
    let moves = Moves {
        size: [rows, columns],
        stride: [1; 2],
        dilation: [1; 2],
        before: [0; 2],
        after: [0; 2],
    };
    Ok(vec![lowering.pooled(&input, moves, [1, 1], reduction, false)?])
}

impl Lowering<'_> {
    fn pooled(
        &mut self,
        input: &Value,
        moves: Moves,
        output: [usize; 2],
        reduction: Reduction,
        counts_borders: bool,
    ) -> Result<Value, Problem> {
        let [channels, rows, columns] = picture(&input.shape)?;
        let source = self.picture_of(input)?;
        let target = self.working(checked_len(&[channels, output[0], output[1]])?);
        let (size, stride, dilation) = (moves.size, moves.stride, moves.dilation);
        self.kernels.push(Kernel::Pool {
            input: source,
            window: Window { channels, input: [rows, columns], output, size, stride, dilation },
            before: moves.before,
            reduction,
            counts_borders,
            output: target,
        });
        self.windowed(target, [channels, output[0], output[1]], input)
    }
}
