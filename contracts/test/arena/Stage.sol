// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HashChainBeacon} from "../../src/beacons/HashChainBeacon.sol";
import {AgentId, ChainLink, CodeHash, Node, RulesId} from "../../src/interfaces/HashTypes.sol";
import {IWholeArena} from "../../src/interfaces/IArena.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {Check} from "../court/Check.sol";
import {Vm} from "../Vm.sol";
import {Ranking} from "./Ranking.sol";

/// @title An arena with a beacon and one league, and the steps of a round as one call each.
/// @dev The test stands in for the court and the demands contract, so that a test of the arena says itself which
/// assertion is a lie and what is demanded of it. The arena is deployed by name, so that a change of it does not compile
/// every test anew and a mutant of it can take its place.
abstract contract Stage is Check {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address internal constant ASSERTER = address(0xa55e);
    address internal constant STRANGER = address(0x57a9);
    Node internal constant ENTRIES = Node.wrap("entries");
    Node internal constant MATCHES = Node.wrap("matches");
    Node internal constant RANKS = Node.wrap("ranks");
    uint256 private constant KEYS_FROM = 1000;
    uint256 private constant SECRETS = 64;

    IWholeArena internal arena;
    HashChainBeacon internal beacon;
    LeagueId internal league;

    function setUp() public virtual {
        vm.roll(100);
        string memory artifact = vm.envOr("NETS_ARENA", "Arena.sol:Arena");
        arena = IWholeArena(vm.deployCode(artifact, abi.encode(address(this), _demands(), address(this))));
        beacon = new HashChainBeacon(_chained(SECRETS));
        league = arena.createLeague(_terms());
        _fund(1000);
    }

    /// @dev The contract with a right to open and settle demands.
    function _demands() internal virtual returns (address) {
        return address(this);
    }

    /// @dev The terms most tests use; the numbers differ so that one taken for another shows.
    function _terms() internal view virtual returns (IArenaTypes.LeagueTerms memory terms) {
        terms.rulesId = RulesId.wrap(keccak256("rules"));
        terms.parameters = hex"0a00000000000000";
        terms.seats = 1;
        terms.matchesPerRound = 3;
        terms.beacon = beacon;
        terms.minimumStake = 100;
        terms.claimBond = 151;
        terms.entryPrice = 7;
        terms.assertionBond = 61;
        terms.slotCapital = 200;
        terms.slotsPerOwnerMax = 2;
        terms.payoutMultiplier = 2;
        terms.entryBlocks = 5;
        terms.claimBlocks = 10;
        terms.demandBond = 11;
        terms.challengeBlocks = 20;
        terms.demandBlocks = 2;
        terms.unbondBlocks = 70;
        terms.voidBlocks = 50;
        terms.payouts = new uint128[](3);
        (terms.payouts[0], terms.payouts[1], terms.payouts[2]) = (50, 30, 20);
    }

    function _key(uint256 owner) internal pure returns (uint256) {
        return KEYS_FROM + owner;
    }

    function _owner(uint256 owner) internal pure returns (address) {
        return vm.addr(_key(owner));
    }

    /// @dev The secret hashed `times` over; value i of the beacon is the one hashed SECRETS − 1 − i times.
    function _chained(uint256 times) internal pure returns (ChainLink link) {
        link = ChainLink.wrap(keccak256("secret"));
        for (uint256 i = 0; i < times; ++i) {
            link = ChainLink.wrap(sha256(abi.encodePacked(uint8(0x0d), link)));
        }
    }

    function _secret(uint256 index) internal pure returns (ChainLink) {
        return _chained(SECRETS - 1 - index);
    }

    function _pass(uint256 blocks) internal {
        vm.roll(vm.getBlockNumber() + blocks);
    }

    function _fund(uint128 amount) internal {
        vm.deal(address(this), amount);
        arena.fund{value: amount}(league);
    }

    function _deposit(address owner, uint128 amount) internal {
        vm.deal(owner, amount);
        vm.prank(owner);
        arena.deposit{value: amount}();
    }

    /// @dev Enters an agent of an owner who brings 1000.
    function _register(uint256 owner, uint32 rounds) internal returns (uint32 member) {
        _deposit(_owner(owner), 1000);
        vm.prank(_owner(owner));
        return arena.register(league, CodeHash.wrap(keccak256("module")), 151, rounds);
    }

    function _open() internal returns (uint32 round) {
        _pass(5);
        return arena.openRound(league);
    }

    function _seed() internal {
        uint64 named = arena.roundOf(league, arena.leagueOf(league).nextRound - 1).beaconIndex;
        while (beacon.nextIndex() <= named) {
            beacon.reveal(_secret(beacon.nextIndex()));
        }
        arena.drawSeed(league);
    }

    /// @dev Opens a round, draws its seed and lets the claim window pass.
    function _play() internal returns (uint32 round) {
        round = _open();
        _seed();
        _pass(11);
    }

    function _assert(uint32 round, Ranking.Result[] memory results) internal returns (uint32 assertion) {
        Node entriesRoot = Ranking.root(Ranking.entryLeaves(results));
        Node ranksRoot = Ranking.root(Ranking.rankLeaves(results));
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        return arena.assertResult(league, round, uint32(results.length), entriesRoot, MATCHES, ranksRoot);
    }

    /// @dev Plays a round of all members up to its final outcome, in which member i scored `totals[i]`.
    function _playFinal(Ranking.Result[] memory results) internal returns (uint32 round) {
        round = _play();
        uint32 assertion = _assert(round, results);
        _pass(21);
        arena.finalize(league, round, assertion);
    }

    /// @dev A round that nobody asserts an outcome of.
    function _playVoid() internal returns (uint32 round) {
        round = _play();
        _pass(50);
        arena.voidRound(league);
    }

    /// @dev Member i scored `totals[i]`.
    function _results(int64[3] memory totals) internal view returns (Ranking.Result[] memory results) {
        results = new Ranking.Result[](3);
        for (uint32 member = 0; member < 3; ++member) {
            AgentId agentId = arena.memberOf(league, member).agentId;
            results[member] = Ranking.Result(member, agentId, totals[member], false);
        }
    }

    /// @param restaker Who asks for the payout as stake, or 0 where it is to go to the account.
    function _claimPayout(uint32 round, uint32 rank, Ranking.Result[] memory results, address restaker) internal {
        uint32 entry = Ranking.ranked(results)[rank];
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), rank);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), entry);
        if (restaker != address(0)) vm.prank(restaker);
        arena.claimPayout(league, round, rank, rankProof, entryProof, restaker != address(0));
    }

    function _slash(uint32 round, uint32 entry, Ranking.Result[] memory results) internal {
        arena.slash(league, round, entry, Ranking.proof(Ranking.entryLeaves(results), entry));
    }

    function _purse() internal view returns (uint128) {
        return arena.leagueOf(league).purse;
    }
}
