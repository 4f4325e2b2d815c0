//! A program as functions of WebAssembly.
//!
//! Each kernel is a function of the addresses that it reads and writes, so that layers of the same shape
//! share one. One more function calls them all in order. Weights and constants are data; what they and
//! everything else stand at is fixed beforehand, behind what another module already uses of the memory.
//!
//! Nothing branches on a number of the network, so that each run costs the same.

mod body;
mod integers;
mod lanes;
mod linear;
mod lookup;
mod memory;
mod rows;
mod tiles;
mod walk;

use std::collections::BTreeMap;

use crate::program::{BufferId, Content, Kernel, Linear, Program, Unary, View, Window};
use body::Body;
use linear::{Precision, Sums};
use memory::Places;
use tiles::{PARTS, Tiled};

/// A function that takes addresses and returns nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Routine {
    /// How many addresses.
    pub parameters: u32,
    /// Its locals and instructions, as the code section has them, without their length.
    pub code: Vec<u8>,
}

/// Bytes that are in memory from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Where.
    pub address: usize,
    /// What.
    pub bytes: Vec<u8>,
}

/// A call of a routine with addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which routine.
    pub routine: usize,
    /// Its arguments.
    pub addresses: Vec<usize>,
}

/// A network as code and data, ready to be put into a module.
#[derive(Clone, Debug)]
pub struct Network {
    /// The routines.
    pub routines: Vec<Routine>,
    /// What is done once, before the network runs for the first time.
    pub setup: Vec<Call>,
    /// What runs the network: these, in order.
    pub calls: Vec<Call>,
    /// What is in memory from the start.
    pub data: Vec<Data>,
    /// Where each input is read, as `f32` in row-major order, and its bytes.
    pub inputs: Vec<(usize, usize)>,
    /// Where each output is written, as `f32` in row-major order.
    pub outputs: Vec<usize>,
    /// A word that is 0 until the setup is done, where there is one.
    pub ready: usize,
    /// The first address that it does not use.
    pub end: usize,
}

/// Makes code of a program that uses memory from `base` on.
pub fn emit(program: &Program, base: usize) -> Network {
    let places = Places::of(program, base);
    let end = places.end;
    let (known, network) = (BTreeMap::new(), Network::empty());
    let mut emitter = Emitter { places, end, known, between: 0, network };
    if let Some(most) = program.kernels.iter().filter_map(tiled).map(|it| between(&it)).max() {
        emitter.network.ready = emitter.room(4);
        emitter.between = emitter.room(most);
    }
    for (number, buffer) in program.buffers.iter().enumerate() {
        let address = emitter.places.address(BufferId(number));
        match &buffer.content {
            Content::Constant(numbers) if emitter.places.is_used(BufferId(number)) => {
                emitter.network.data.push(Data { address, bytes: bytes_of(numbers) })
            }
            Content::Input(_) => emitter.network.inputs.push((address, buffer.len * 4)),
            Content::Working | Content::Kept | Content::Constant(_) => {}
        }
    }
    for kernel in &program.kernels {
        emitter.kernel(kernel);
    }
    let outputs = program.outputs.iter().map(|output| emitter.places.address(output.buffer));
    Network { outputs: outputs.collect(), end: emitter.end, ..emitter.network }
}

impl Network {
    fn empty() -> Self {
        Self {
            routines: Vec::new(),
            setup: Vec::new(),
            calls: Vec::new(),
            data: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            ready: 0,
            end: 0,
        }
    }
}

fn bytes_of(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

struct Emitter {
    places: Places,
    end: usize,
    /// Routines by what they are.
    known: BTreeMap<Routine, usize>,
    /// Where layers in tiles have what is between their input and their output.
    between: usize,
    network: Network,
}

impl Emitter {
    fn kernel(&mut self, kernel: &Kernel) {
        match kernel {
            Kernel::Copy { shape, from, to } => {
                let addresses = vec![self.view(from, 4), self.view(to, 4)];
                self.call(walk::copy(shape, from, to), addresses);
            }
            Kernel::Unary { function, input, output } => {
                let len = self.places.len(*output);
                self.call_on(rows::unary(*function, len), &[*input, *output]);
            }
            Kernel::Binary { function, shape, left, right, output } => {
                let addresses =
                    vec![self.view(left, 4), self.view(right, 4), self.places.address(*output)];
                self.call(walk::binary(*function, shape, left, right), addresses);
            }
            Kernel::Choose { .. } | Kernel::Take { .. } | Kernel::Trees { .. } => {
                self.lookup(kernel);
            }
            Kernel::ConvInt8 { linear, scales, scale, activation, tiles: Some(_), .. } => {
                if let (Some(layer), [linear], [scales]) = (tiled(kernel), &linear[..], &scales[..])
                {
                    let weights = [tiles::plain_weights(linear), tiles::header(linear, scales)];
                    let (input, output) = (kernel.inputs()[0], kernel.output());
                    self.tiles(&layer, weights, *activation, [input, output, *scale]);
                }
            }
            Kernel::Dense { .. } | Kernel::Conv { .. } | Kernel::ConvInt8 { .. } => {
                self.sums(kernel)
            }
            Kernel::Quantize { input, shape, to, most, scale } => {
                let strides = [to.strides[0], to.strides[1]];
                let addresses = vec![
                    self.places.address(*input),
                    self.view(to, 2),
                    self.places.address(*scale),
                ];
                self.call(integers::quantize(*shape, strides, *most), addresses);
            }
            Kernel::Pool { input, window, before, reduction, counts_borders, output } => {
                let body = rows::pool(window, *before, *reduction, *counts_borders);
                self.call_on(body, &[*input, *output]);
            }
            Kernel::MatMul { batch, sizes, left, left_stride, right, right_stride, output } => {
                let body = rows::mat_mul(*batch, *sizes, *left_stride, *right_stride);
                self.call_on(body, &[*left, *right, *output]);
            }
            Kernel::Softmax { input, sizes, output } => {
                self.call_on(rows::softmax(*sizes), &[*input, *output]);
            }
            Kernel::LayerNorm { input, sizes, epsilon, scale, bias, output } => {
                let (scale, bias) = (self.constant(bytes_of(scale)), self.constant(bytes_of(bias)));
                let addresses =
                    vec![self.places.address(*input), scale, bias, self.places.address(*output)];
                self.call(rows::layer_norm(*sizes, *epsilon), addresses);
            }
            Kernel::Reduce { reduction, input, sizes, output } => {
                self.call_on(rows::reduce(*reduction, *sizes), &[*input, *output]);
            }
            Kernel::ArgMax { input, sizes, output } => {
                self.call_on(rows::arg_max(*sizes), &[*input, *output]);
            }
        }
    }

    fn lookup(&mut self, kernel: &Kernel) {
        match kernel {
            Kernel::Choose { shape, condition, yes, no, output } => {
                let views = [condition, yes, no];
                let mut addresses = views.map(|view| self.view(view, 4)).to_vec();
                addresses.push(self.places.address(*output));
                self.call(walk::choose(shape, views), addresses);
            }
            Kernel::Take { table, sizes, numbers, output } => {
                let body = lookup::take(*sizes, self.places.len(*numbers));
                self.call_on(body, &[*table, *numbers, *output]);
            }
            Kernel::Trees { input, sizes, trees, bias, output } => {
                let (bytes, roots) = lookup::packed_trees(trees, self.end);
                let (_, bias_at) = (self.constant(bytes), self.constant(bytes_of(bias)));
                let addresses =
                    vec![self.places.address(*input), roots, bias_at, self.places.address(*output)];
                self.call(lookup::trees(*sizes, trees.len(), bias.len()), addresses);
            }
            _ => {}
        }
    }

    fn sums(&mut self, kernel: &Kernel) {
        let (window, linear, activation, precision) = match kernel {
            Kernel::Dense { rows, linear, activation, .. } => {
                let window = Window::over_rows(*rows, linear.taps);
                (window, std::slice::from_ref(linear), *activation, Precision::F32)
            }
            Kernel::Conv { window, linear, activation, .. } => {
                (*window, &linear[..], *activation, Precision::F32)
            }
            Kernel::ConvInt8 { window, linear, activation, .. } => {
                (*window, &linear[..], *activation, Precision::Int8)
            }
            _ => return,
        };
        let weights = match kernel {
            Kernel::ConvInt8 { scales, .. } => linear
                .iter()
                .zip(scales)
                .flat_map(|(linear, scales)| linear::packed_int8(linear, scales))
                .collect(),
            _ => linear.iter().flat_map(linear::packed_f32).collect(),
        };
        let outputs = linear.first().map_or(0, |linear: &Linear| linear.outputs);
        let sums = Sums { precision, window: &window, groups: linear.len(), outputs, activation };
        let mut addresses = vec![
            self.places.address(kernel.inputs()[0]),
            self.constant(weights),
            self.places.address(kernel.output()),
        ];
        if let Kernel::ConvInt8 { scale, .. } = kernel {
            addresses.push(self.places.address(*scale));
        }
        self.call(sums.emit(), addresses);
    }

    /// A layer in tiles: its weights once, and each time its input, products of all parts, its output.
    fn tiles(
        &mut self,
        layer: &Tiled,
        [weights, header]: [Vec<u8>; 2],
        activation: Unary,
        buffers: [BufferId; 3],
    ) {
        let [input, output, scale] = buffers.map(|buffer| self.places.address(buffer));
        let (plain, header) = (self.constant(weights), self.constant(header));
        let spread = self.room(PARTS * layer.weight_bytes());
        let setup = self.prepared(layer.weights(), vec![plain, spread]);
        self.network.setup.push(setup);
        let sums = self.between + PARTS * layer.input_bytes();
        self.call(layer.input(), vec![input, self.between]);
        let window = Window::over_rows(layer.count(), layer.channels);
        let product = Sums {
            precision: Precision::Int16,
            window: &window,
            groups: 1,
            outputs: layer.outputs,
            activation: Unary::Identity,
        };
        for part in 0..PARTS {
            let addresses = vec![
                self.between + part * layer.input_bytes(),
                spread + part * layer.weight_bytes(),
                sums + part * layer.sum_bytes(),
            ];
            self.call(product.emit(), addresses);
        }
        self.call(layer.output(activation), vec![sums, header, output, scale]);
    }

    /// The address of a view's first element.
    fn view(&self, view: &View, bytes: usize) -> usize {
        self.places.address(view.buffer) + view.offset * bytes
    }

    /// Puts bytes behind everything else.
    fn constant(&mut self, bytes: Vec<u8>) -> usize {
        let address = self.room(bytes.len());
        self.network.data.push(Data { address, bytes });
        address
    }

    /// Room for so many bytes behind everything else.
    fn room(&mut self, bytes: usize) -> usize {
        let address = self.end;
        // What stands behind the last of them may be read, and is not used.
        self.end = (address + bytes).next_multiple_of(16) + 16;
        address
    }

    fn call_on(&mut self, body: Body, buffers: &[BufferId]) {
        let addresses = buffers.iter().map(|&buffer| self.places.address(buffer)).collect();
        self.call(body, addresses);
    }

    fn call(&mut self, body: Body, addresses: Vec<usize>) {
        let call = self.prepared(body, addresses);
        self.network.calls.push(call);
    }

    /// A call of a routine, which is known from then on.
    fn prepared(&mut self, body: Body, addresses: Vec<usize>) -> Call {
        let routine =
            Routine { parameters: addresses.len() as u32, code: body.finish().into_raw_body() };
        let next = self.network.routines.len();
        let known = self.known.entry(routine).or_insert_with_key(|routine| {
            self.network.routines.push(routine.clone());
            next
        });
        Call { routine: *known, addresses }
    }
}

/// The sizes of a layer in tiles.
fn tiled(kernel: &Kernel) -> Option<Tiled> {
    let Kernel::ConvInt8 { window, linear, tiles: Some(tiles), .. } = kernel else { return None };
    let outputs = linear.first()?.outputs;
    Some(Tiled { tiles: *tiles, places: window.output, channels: window.channels, outputs })
}

/// Bytes of what is between a layer's input and its output: the parts of its tiles and of its sums.
fn between(layer: &Tiled) -> usize {
    PARTS * (layer.input_bytes() + layer.sum_bytes())
}
