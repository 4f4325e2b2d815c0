// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CodeHash, SigningDigest, StateHash} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {Ranking} from "./Ranking.sol";
import {Stage} from "./Stage.sol";

contract EquivocationsTest is Stage {
    uint256 private constant AGENT = 4000;
    uint32 private constant CLOCK_BLOCKS = 3;
    // The order of secp256k1.
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function _terms() internal view override returns (IArenaTypes.LeagueTerms memory terms) {
        terms = super._terms();
        (terms.system, terms.clockBlocks) = (address(this), CLOCK_BLOCKS);
    }

    /// @dev Not the first league, so that what is signed shows which one it is.
    function setUp() public override {
        super.setUp();
        league = arena.createLeague(_terms());
        _fund(1000);
    }

    function _enter(uint256 owner, uint256 agent, uint32 rounds) private returns (uint32 member) {
        _deposit(_owner(owner), 1000);
        vm.prank(_owner(owner));
        return arena.register(league, CodeHash.wrap(bytes32(uint256(uint160(vm.addr(agent))))), 151, rounds);
    }

    /// @dev What an agent signs of step 4 of match 2 of round 7 in seat 1, by the words of SPEC 3.1.
    function _digest(bytes32 stateHash, uint64 action) private view returns (SigningDigest) {
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "Action(uint64 league,uint32 round,uint32 matchIndex,uint8 seat,uint32 step,bytes32 stateHash,uint64 action)"
                ),
                LeagueId.unwrap(league),
                uint32(7),
                uint32(2),
                uint8(1),
                uint32(4),
                stateHash,
                action
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("nets"),
                keccak256("1"),
                block.chainid,
                address(arena)
            )
        );
        return SigningDigest.wrap(keccak256(abi.encodePacked(hex"1901", domain, content)));
    }

    function _signed(uint256 agent, bytes32 stateHash, uint64 action)
        private
        view
        returns (IArenaTypes.SignedAction memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(agent, _digest(stateHash, action));
        return IArenaTypes.SignedAction(StateHash.wrap(stateHash), action, abi.encodePacked(r, s, v));
    }

    function _report(IArenaTypes.SignedAction memory first, IArenaTypes.SignedAction memory second) private {
        vm.prank(STRANGER);
        arena.slashEquivocation(league, 0, 7, 2, 1, 4, first, second);
    }

    function _checkRefused(
        IArenaTypes.SignedAction memory first,
        IArenaTypes.SignedAction memory second,
        bytes memory reason
    ) private {
        vm.prank(STRANGER);
        vm.expectRevert(reason);
        arena.slashEquivocation(league, 0, 7, 2, 1, 4, first, second);
    }

    function test_slashEquivocation_takesTheStakeForTwoActions() external {
        _enter(0, AGENT, 3);
        uint128 purse = _purse();
        _report(_signed(AGENT, "state", 1), _signed(AGENT, "state", 2));
        IArenaTypes.Member memory member = arena.memberOf(league, 0);
        check(member.banned && member.stake == 0, "banned, and without a stake");
        checkEqual(arena.stakesOf(_owner(0)), 0, "the owner's stakes");
        checkEqual(arena.balanceOf(STRANGER), 75, "half of 151, rounded down, to the reporter");
        checkEqual(arena.burnt(), 76, "the rest is burnt");
        checkEqual(_purse(), purse + 21, "its entries into rounds to come stay in the league");
        checkEqual(arena.roundOf(league, 0).entryCount, 0, "it plays no more");
    }

    function test_slashEquivocation_takesTheStakeForOneActionInTwoStates() external {
        _enter(0, AGENT, 1);
        _report(_signed(AGENT, "state", 1), _signed(AGENT, "another state", 1));
        check(arena.memberOf(league, 0).banned, "banned");
    }

    function test_slashEquivocation_failsForOneAction() external {
        _enter(0, AGENT, 1);
        IArenaTypes.SignedAction memory once = _signed(AGENT, "state", 1);
        _checkRefused(once, once, abi.encodeWithSelector(IArenaTypes.NotEquivocal.selector));
    }

    function test_slashEquivocation_failsForTwoAgents() external {
        _enter(0, AGENT, 1);
        _enter(0, AGENT + 1, 1);
        bytes memory reason =
            abi.encodeWithSelector(IArenaTypes.WrongSigner.selector, vm.addr(AGENT + 1), vm.addr(AGENT));
        _checkRefused(_signed(AGENT, "state", 1), _signed(AGENT + 1, "state", 2), reason);
    }

    function test_slashEquivocation_failsForAnotherMember() external {
        _enter(1, AGENT, 1);
        _enter(0, AGENT + 1, 1);
        IArenaTypes.SignedAction memory first = _signed(AGENT, "state", 1);
        IArenaTypes.SignedAction memory second = _signed(AGENT, "state", 2);
        vm.expectPartialRevert(IArenaTypes.AgentMismatch.selector);
        arena.slashEquivocation(league, 1, 7, 2, 1, 4, first, second);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownMember.selector, 2, 2));
        arena.slashEquivocation(league, 2, 7, 2, 1, 4, first, second);
        _report(first, second);
        check(arena.memberOf(league, 0).banned && !arena.memberOf(league, 1).banned, "whoever signed is hit");
    }

    function test_slashEquivocation_failsForWhatNobodySigned() external {
        _enter(0, AGENT, 1);
        IArenaTypes.SignedAction memory first = _signed(AGENT, "state", 1);
        bytes memory malformed = abi.encodeWithSelector(IArenaTypes.MalformedSignature.selector);
        IArenaTypes.SignedAction memory second = IArenaTypes.SignedAction(StateHash.wrap("state"), 2, new bytes(65));
        _checkRefused(first, second, malformed);
        _checkRefused(second, first, malformed);
        second.signature = "";
        _checkRefused(first, second, malformed);
        // The other half of a signature that was made is none either.
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(AGENT, _digest("state", 2));
        second.signature = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? 28 : 27);
        _checkRefused(first, second, malformed);
    }

    function test_slashEquivocation_failsForAnotherStep() external {
        _enter(0, AGENT, 1);
        IArenaTypes.SignedAction memory first = _signed(AGENT, "state", 1);
        IArenaTypes.SignedAction memory second = _signed(AGENT, "state", 2);
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectPartialRevert(IArenaTypes.WrongSigner.selector);
            arena.slashEquivocation(
                league, 0, i == 0 ? 8 : 7, i == 1 ? 3 : 2, i == 2 ? 0 : 1, i == 3 ? 5 : 4, first, second
            );
        }
    }

    function test_slashEquivocation_failsTwice() external {
        _enter(0, AGENT, 1);
        IArenaTypes.SignedAction memory first = _signed(AGENT, "state", 1);
        IArenaTypes.SignedAction memory second = _signed(AGENT, "state", 2);
        _report(first, second);
        _checkRefused(second, first, abi.encodeWithSelector(IArenaTypes.MemberBanned.selector, uint32(0)));
    }

    function test_slashEquivocation_failsInALeagueOfModules() external {
        league = arena.createLeague(super._terms());
        _enter(0, AGENT, 1);
        bytes memory reason = abi.encodeWithSelector(IArenaTypes.NotSigned.selector, league);
        _checkRefused(_signed(AGENT, "state", 1), _signed(AGENT, "state", 2), reason);
    }

    function test_slashEquivocation_leavesTheRoundUnderWayAsItIs() external {
        for (uint256 owner = 0; owner < 3; ++owner) {
            _enter(owner, AGENT + owner, 3);
        }
        uint32 round = _open();
        _seed();
        _pass(11 + CLOCK_BLOCKS);
        _report(_signed(AGENT, "state", 1), _signed(AGENT, "state", 2));
        IArenaTypes.Member memory member = arena.memberOf(league, 0);
        check(member.from <= round && round < member.to, "an entry of it still");
        checkEqual(member.to, round + 1, "of none after it");
        checkEqual(arena.roundOf(league, round).entryCount, 3, "three entries");
        // The truth of the round has it in it, becomes final, and pays it nothing.
        Ranking.Result[] memory results = _results([int64(9), 5, 1]);
        uint32 assertion = _assert(round, results);
        _pass(21);
        arena.finalize(league, round, assertion);
        uint128 purse = _purse();
        _claimPayout(round, 0, results, address(0));
        checkEqual(_purse(), purse + 100, "its payout goes back to the purse");
        checkEqual(arena.balanceOf(_owner(0)), 1000 - 151 - 21, "and not to it");
    }

    function test_slashEquivocation_takesAStakeThatIsAskedBack() external {
        _enter(0, AGENT, 1);
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        _report(_signed(AGENT, "state", 1), _signed(AGENT, "state", 2));
        _pass(100);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.MemberBanned.selector, uint32(0)));
        vm.prank(_owner(0));
        arena.withdrawStake(league, 0);
    }

    // What else a signed league is

    function test_postClaim_failsInASignedLeague() external {
        _enter(0, AGENT, 1);
        uint32 round = _open();
        _seed();
        int64[] memory scores = new int64[](1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.ClaimsNotTaken.selector, league));
        arena.postClaim(league, round, 0, 0, scores, "");
    }

    function test_createLeague_failsIfASignedOneHasNoStepContract() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.system = address(0);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoContract.selector, bytes32("system"), address(0)));
        arena.createLeague(terms);
    }

    function test_assertResult_waitsUntilEveryClockHasRunOut() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        (terms.seats, terms.matchesPerRound) = (2, 2);
        league = arena.createLeague(terms);
        _fund(1000);
        _enter(0, AGENT, 1);
        _enter(1, AGENT + 1, 1);
        uint32 round = _open();
        _seed();
        uint256 settled = vm.getBlockNumber() + 10 + 2 * CLOCK_BLOCKS;
        vm.roll(settled);
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, settled, settled + 1));
        arena.assertResult(league, round, 2, ENTRIES, MATCHES, RANKS);
        // Nor is the round given up before an assertion has had its time.
        vm.roll(settled + 50);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, settled + 50, settled + 51));
        arena.voidRound(league);
        vm.prank(ASSERTER);
        arena.assertResult(league, round, 2, ENTRIES, MATCHES, RANKS);
    }

    function test_stagedOf_saysWhatClocksNeedToKnow() external {
        _enter(0, AGENT, 1);
        uint32 round = _open();
        checkEqual(arena.stagedOf(league, round).latest, 0, "no clock before the seed");
        _seed();
        IArenaTypes.Staged memory staged = arena.stagedOf(league, round);
        checkEqual(staged.latest, vm.getBlockNumber() + 10, "until the claim window closes");
        check(staged.system == address(this) && staged.seats == 1 && staged.matchesPerRound == 3, "terms");
        checkEqual(staged.clockBlocks, CLOCK_BLOCKS, "clocks");
        checkEqual(staged.parameters, hex"0a00000000000000", "parameters");
        _pass(61 + CLOCK_BLOCKS);
        arena.voidRound(league);
        checkEqual(arena.stagedOf(league, round).latest, 0, "nor once it is over");
    }
}
