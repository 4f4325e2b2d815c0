/* What the tests of riscv-tests are set in: a program for the machine, which ends with 0 where all of
   its cases pass and else with twice the number of the first that fails, plus one. */
#ifndef NETS_RISCV_TEST_H
#define NETS_RISCV_TEST_H

#define RVTEST_RV32U
#define RVTEST_RV64U
#define TESTNUM gp

#define RVTEST_CODE_BEGIN \
  .option arch, +m; \
  .section .text.start, "ax"; \
  .globl _start; \
_start:

#define RVTEST_CODE_END

#define RVTEST_PASS \
  li a7, 0; \
  li a0, 0; \
  ecall;

#define RVTEST_FAIL \
  li a7, 0; \
  sll a0, TESTNUM, 1; \
  or a0, a0, 1; \
  ecall;

#define EXTRA_DATA
#define RVTEST_DATA_BEGIN
#define RVTEST_DATA_END

#endif
