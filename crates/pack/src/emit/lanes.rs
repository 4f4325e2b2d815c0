//! [`Arithmetic`] as instructions on four numbers at once.

use wasm_encoder::InstructionSink;

use super::body::{Body, Local};
use crate::program::{Arithmetic, FRACTION_BITS};

impl Body {
    fn pair(&mut self, left: Local, right: Local) {
        self.get(left);
        self.get(right);
    }

    /// What an instruction makes of two values.
    pub(super) fn of_two(
        &mut self,
        left: Local,
        right: Local,
        instruction: fn(&mut InstructionSink<'_>),
    ) -> Local {
        self.pair(left, right);
        instruction(&mut self.op());
        self.kept()
    }
}

impl Arithmetic for Body {
    type Value = Local;

    fn number(&mut self, number: f32) -> Local {
        self.op().f32_const(number.into()).f32x4_splat();
        self.kept()
    }

    fn add(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| _ = op.f32x4_add())
    }

    fn sub(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| _ = op.f32x4_sub())
    }

    fn mul(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| _ = op.f32x4_mul())
    }

    fn div(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| _ = op.f32x4_div())
    }

    fn min(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| _ = op.f32x4_pmin())
    }

    fn max(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| _ = op.f32x4_pmax())
    }

    fn abs(&mut self, value: Local) -> Local {
        self.get(value).f32x4_abs();
        self.kept()
    }

    fn sqrt(&mut self, value: Local) -> Local {
        self.get(value).f32x4_sqrt();
        self.kept()
    }

    fn nearest(&mut self, value: Local) -> Local {
        self.get(value).f32x4_nearest();
        self.kept()
    }

    fn power_of_two(&mut self, whole: Local) -> Local {
        // An exponent stands 23 bits up, and 127 above itself.
        let mut op = self.get(whole);
        op.i32x4_trunc_sat_f32x4_s().i32_const(127).i32x4_splat().i32x4_add();
        op.i32_const(23).i32x4_shl();
        self.kept()
    }

    fn floor(&mut self, value: Local) -> Local {
        self.get(value).f32x4_floor();
        self.kept()
    }

    fn exponent(&mut self, value: Local) -> Local {
        let mut op = self.get(value);
        op.i32_const(23).i32x4_shr_u().i32_const(255).i32x4_splat().v128_and();
        op.i32_const(127).i32x4_splat().i32x4_sub().f32x4_convert_i32x4_s();
        self.kept()
    }

    fn fraction(&mut self, value: Local) -> Local {
        let mut op = self.get(value);
        op.i32_const(FRACTION_BITS as i32).i32x4_splat().v128_and();
        op.f32_const(1.0.into()).f32x4_splat().v128_or();
        self.kept()
    }

    fn less(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| {
            op.f32x4_lt().f32_const(1.0.into()).f32x4_splat().v128_and();
        })
    }

    fn equal(&mut self, left: Local, right: Local) -> Local {
        self.of_two(left, right, |op| {
            op.f32x4_eq().f32_const(1.0.into()).f32x4_splat().v128_and();
        })
    }

    fn choose(&mut self, condition: Local, yes: Local, no: Local) -> Local {
        self.pair(yes, no);
        self.get(condition).f32_const(0.0.into()).f32x4_splat().f32x4_ne().v128_bitselect();
        self.kept()
    }

    fn copy_sign(&mut self, magnitude: Local, sign: Local) -> Local {
        // The bits of the third decide from which of the first two a bit is taken.
        self.pair(magnitude, sign);
        self.op().i32_const(i32::MAX).i32x4_splat().v128_bitselect();
        self.kept()
    }
}
