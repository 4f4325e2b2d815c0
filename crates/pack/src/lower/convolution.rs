//! Windows of weights that move over a picture, or along a row.

use super::attributes::{int, ints, text};
use super::shapes::{checked_len, sizes};
use super::value::{Layout, Value};
use super::{Lowering, Operator, Problem, floats};
use crate::onnx::Node;
use crate::program::{BufferId, Content, Kernel, Linear, Unary, View, Window};
use crate::tensor::{Tensor, strides};

pub(super) fn operator(name: &str) -> Option<Operator> {
    (name == "Conv").then_some(conv as Operator)
}

/// How a window moves, as the attributes of convolutions and pools say it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moves {
    pub(super) size: [usize; 2],
    pub(super) stride: [usize; 2],
    pub(super) dilation: [usize; 2],
    /// Cells added before the first row and column.
    pub(super) before: [usize; 2],
    /// Cells added after the last.
    pub(super) after: [usize; 2],
}

impl Moves {
    /// The moves of a node over a picture of `input` rows and columns. Of one dimension, rows are one.
    pub(super) fn of(node: &Node, size: &[usize], input: [usize; 2]) -> Result<Self, Problem> {
        let dimensions = size.len();
        if size.contains(&0) || input.contains(&0) {
            return Err(format!("a window of {size:?} over {input:?} cells"));
        }
        let pair = |numbers: Vec<usize>, missing: usize| match numbers[..] {
            [columns] => Ok([missing, columns]),
            [rows, columns] => Ok([rows, columns]),
            _ => {
                Err(format!("a window of {} dimensions; one and two are supported", numbers.len()))
            }
        };
        let read = |name: &str, otherwise: i64, least: i64| -> Result<Vec<usize>, Problem> {
            let numbers = ints(node, name)?.unwrap_or_else(|| vec![otherwise; dimensions]);
            let fits = numbers.len() == dimensions && numbers.iter().all(|&number| number >= least);
            if !fits {
                return Err(format!("its {name} are {numbers:?}"));
            }
            sizes(&numbers)
        };
        let mut moves = Self {
            size: pair(size.to_vec(), 1)?,
            stride: pair(read("strides", 1, 1)?, 1)?,
            dilation: pair(read("dilations", 1, 1)?, 1)?,
            before: [0; 2],
            after: [0; 2],
        };
        match text(node, "auto_pad", "NOTSET")? {
            "NOTSET" => {
                let pads = ints(node, "pads")?.unwrap_or_else(|| vec![0; 2 * dimensions]);
                if pads.len() != 2 * dimensions {
                    return Err(format!("its pads are {pads:?}"));
                }
                let pads = sizes(&pads)?;
                moves.before = pair(pads[..dimensions].to_vec(), 0)?;
                moves.after = pair(pads[dimensions..].to_vec(), 0)?;
            }
            "VALID" => {}
            side @ ("SAME_UPPER" | "SAME_LOWER") => moves.pad_to_same(input, side == "SAME_UPPER"),
            other => return Err(format!("auto_pad {other:?} is not supported")),
        }
        Ok(moves)
    }

    /// Adds as many cells as make the output as large as the input over the stride.
    fn pad_to_same(&mut self, input: [usize; 2], more_after: bool) {
        for (index, size) in input.into_iter().enumerate() {
            let output = size.div_ceil(self.stride[index]);
            let needed = (output - 1) * self.stride[index] + self.reach(index);
            let added = needed.saturating_sub(size);
            let (less, more) = (added / 2, added - added / 2);
            (self.before[index], self.after[index]) =
                if more_after { (less, more) } else { (more, less) };
        }
    }

    /// How many cells the window spans.
    fn reach(&self, index: usize) -> usize {
        (self.size[index] - 1) * self.dilation[index] + 1
    }

    /// How often the window fits, with its last place partly outside where `ceil` says so.
    pub(super) fn output(&self, input: [usize; 2], ceil: bool) -> Result<[usize; 2], Problem> {
        let mut output = [0; 2];
        for index in 0..2 {
            let padded = input[index] + self.before[index] + self.after[index];
            let room = padded
                .checked_sub(self.reach(index))
                .ok_or_else(|| format!("a window of {:?} does not fit {input:?}", self.size))?;
            let stride = self.stride[index];
            output[index] = room / stride + 1;
            // A further place counts only if it begins before the end of the input.
            if ceil
                && room % stride != 0
                && output[index] * stride < input[index] + self.before[index]
            {
                output[index] += 1;
            }
        }
        Ok(output)
    }
}

/// A picture's channels, rows and columns; of a row, one row.
pub(super) fn picture(shape: &[usize]) -> Result<[usize; 3], Problem> {
    match *shape {
        [1, channels, columns] => Ok([channels, 1, columns]),
        [1, channels, rows, columns] => Ok([channels, rows, columns]),
        [batch, _, _] | [batch, _, _, _] => Err(format!("a batch of {batch}; it must be 1")),
        _ => Err(format!("its input has shape {shape:?}, expected a batch of pictures or rows")),
    }
}

impl Lowering<'_> {
    /// A picture with its channels together, from its input of four dimensions or of three.
    pub(super) fn picture_of(&mut self, value: &Value) -> Result<BufferId, Problem> {
        let [channels, rows, columns] = picture(&value.shape)?;
        let four = self.reshaped_picture(value, vec![1, channels, rows, columns])?;
        self.channels_last(&four)
    }

    fn reshaped_picture(&mut self, value: &Value, shape: Vec<usize>) -> Result<Value, Problem> {
        if value.shape == shape { Ok(value.clone()) } else { self.reshaped(value, shape) }
    }

    /// What a window has written, with as many dimensions as its input has.
    pub(super) fn windowed(
        &mut self,
        output: BufferId,
        [channels, rows, columns]: [usize; 3],
        input: &Value,
    ) -> Result<Value, Problem> {
        let value = Value::laid_out(output, vec![1, channels, rows, columns], Layout::ChannelsLast);
        if input.shape.len() == 4 {
            Ok(value)
        } else {
            self.reshaped(&value, vec![1, channels, columns])
        }
    }

    /// A picture with cells of 0 around it.
    fn bordered(
        &mut self,
        source: BufferId,
        [channels, rows, columns]: [usize; 3],
        moves: &Moves,
    ) -> Result<BufferId, Problem> {
        if moves.before == [0; 2] && moves.after == [0; 2] {
            return Ok(source);
        }
        let all = [
            rows + moves.before[0] + moves.after[0],
            columns + moves.before[1] + moves.after[1],
            channels,
        ];
        let target = self.buffer(checked_len(&all)?, Content::Kept);
        let goal = strides(&all);
        let offset = moves.before[0] * goal[0] + moves.before[1] * goal[1];
        let shape = vec![rows, columns, channels];
        let from = View { buffer: source, offset: 0, strides: strides(&shape) };
        let to = View { buffer: target, offset, strides: goal };
        self.kernels.push(Kernel::Copy { shape, from, to });
        Ok(target)
    }
}

fn conv(lowering: &mut Lowering<'_>, node: &Node) -> Result<Vec<Value>, Problem> {
    let input = lowering.input(node, 0)?;
    let weights = lowering.known(node, 1)?.ok_or("its weights are missing")?;
    let bias = lowering.known(node, 2)?.map(|tensor| floats(&tensor));
    let [channels, rows, columns] = picture(&input.shape)?;
    if weights.shape.len() != input.shape.len() {
        return Err(format!("weights of shape {:?} for {:?}", weights.shape, input.shape));
    }
    let size = &weights.shape[2..];
    if let Some(said) = ints(node, "kernel_shape")?
        && !said.iter().map(|&size| size as usize).eq(size.iter().copied())
    {
        return Err(format!("its kernel_shape is {said:?}, but its weights are {size:?}"));
    }
    let moves = Moves::of(node, size, [rows, columns])?;
    let output = moves.output([rows, columns], false)?;
    let groups = usize::try_from(int(node, "group", 1)?).unwrap_or(0);
    let outputs = weights.shape[0];
    let divided = groups > 0
        && Some(channels) == groups.checked_mul(weights.shape[1])
        && outputs % groups == 0;
    if !divided {
        return Err(format!(
            "weights of shape {:?} in {groups} groups for {channels} channels",
            weights.shape
        ));
    }
    let bias = bias.unwrap_or_else(|| vec![0.0; outputs]);
    if bias.len() != outputs {
        return Err(format!("{} biases for {outputs} outputs", bias.len()));
    }
    let linear = grouped(&weights, &bias, groups);
    linear.iter().try_for_each(super::linear::finite)?;
    let source = lowering.picture_of(&input)?;
    let bordered = lowering.bordered(source, [channels, rows, columns], &moves)?;
    let padded = |index: usize, size: usize| size + moves.before[index] + moves.after[index];
    let window = Window {
        channels,
        input: [padded(0, rows), padded(1, columns)],
        output,
        size: moves.size,
        stride: moves.stride,
        dilation: moves.dilation,
    };
    let target = lowering.working(checked_len(&[outputs, output[0], output[1]])?);
    lowering.kernels.push(Kernel::Conv {
        input: bordered,
        window,
        groups,
        linear,
        activation: Unary::Identity,
        output: target,
    });
    Ok(vec![lowering.windowed(target, [outputs, output[0], output[1]], &input)?])
}

/// ONNX has outputs, channels, rows, columns; a kernel has for each group taps (rows, columns, channels),
/// outputs.
fn grouped(weights: &Tensor, bias: &[f32], groups: usize) -> Vec<Linear> {
    let numbers = floats(weights);
    let (outputs, channels) = (weights.shape[0] / groups, weights.shape[1]);
    let cells: usize = weights.shape[2..].iter().product();
    let group = |number: usize| {
        let mut ordered = Vec::with_capacity(cells * channels * outputs);
        for cell in 0..cells {
            for channel in 0..channels {
                for output in number * outputs..(number + 1) * outputs {
                    ordered.push(numbers[(output * channels + channel) * cells + cell]);
                }
            }
        }
        let bias = bias[number * outputs..][..outputs].to_vec();
        Linear { taps: cells * channels, outputs, weights: ordered, bias }
    };
    (0..groups).map(group).collect()
}
