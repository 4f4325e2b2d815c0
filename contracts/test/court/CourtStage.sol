// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Arena} from "../../src/Arena.sol";
import {AgentId, ChainLink, CodeHash, Commitment, DomainHash, Node, RulesId} from "../../src/interfaces/HashTypes.sol";
import {IWholeArena} from "../../src/interfaces/IArena.sol";
import {Clocks} from "../../src/Clocks.sol";
import {Court} from "../../src/Court.sol";
import {HashChainBeacon} from "../../src/beacons/HashChainBeacon.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {ISystem} from "../../src/interfaces/ISystem.sol";
import {Plan} from "../../src/libraries/Schedule.sol";
import {Vm} from "../Vm.sol";
import {Check} from "./Check.sol";
import {Forest} from "./Forest.sol";
import {Round, Story, Tale} from "./Tale.sol";

/// @title A round of a real arena, played and told honestly, and the two verdicts a court can give.
/// @dev The court is deployed by name, so that a mutant of it can take its place. One league; owner `i` owns the members that `_owners` gives it. A test changes single leaves of the story,
/// asserts it and shows the lie.
abstract contract CourtStage is Check {
    Node internal constant NONE = Node.wrap(0);
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address internal constant ASSERTER = address(0xa55e);
    address internal constant WATCHER = address(0x3a7c);
    uint128 internal constant BOND = 1000;
    uint32 internal constant CLAIM_BLOCKS = 10;

    IWholeArena internal arena;
    Court internal court;
    Clocks internal clocks;
    LeagueId internal league;
    Round internal round;

    function _system() internal virtual returns (ISystem system, bytes memory parameters, uint8 seats, uint16 matches);

    /// @dev Whether the league names the System's step contract.
    function _isJudged() internal view virtual returns (bool) {
        return true;
    }

    /// @dev Who owns each member.
    function _owners() internal view virtual returns (uint256[] memory owners);

    /// @dev What each seat has on its clock, or 0 where agents are modules.
    function _clockBlocks() internal view virtual returns (uint32) {
        return 0;
    }

    /// @dev The member that leaves before the round opens.
    function _absent() internal view virtual returns (uint32 member);

    /// @dev How long code may be demanded.
    function _codeBlocks() internal view virtual returns (uint32) {
        return 0;
    }

    /// @dev The code of a member.
    function _codeOf(uint256 member) internal view virtual returns (bytes memory) {
        return abi.encode(member);
    }

    /// @dev The member that hides its code; nobody.
    function _hiding() internal view virtual returns (uint32 member) {
        return type(uint32).max;
    }

    /// @dev What happens between the opening of the round and the naming of its seed.
    function _publish() internal virtual {}

    function setUp() public virtual {
        court = Court(vm.deployCode(vm.envOr("NETS_COURT", "Court.sol:Court"), ""));
        clocks = Clocks(vm.deployCode(vm.envOr("NETS_CLOCKS", "Clocks.sol:Clocks"), ""));
        arena = IWholeArena(address(new Arena(address(court), address(court), address(clocks))));
        ChainLink second = ChainLink.wrap(keccak256("secret"));
        ChainLink first = ChainLink.wrap(sha256(abi.encodePacked(uint8(0x0d), second)));
        HashChainBeacon beacon = new HashChainBeacon(ChainLink.wrap(sha256(abi.encodePacked(uint8(0x0d), first))));
        league = arena.createLeague(_terms(beacon));
        uint256[] memory owners = _owners();
        _enterAll(owners);
        vm.prank(_owner(owners[_absent()]));
        arena.unbond(league, _absent());
        arena.openRound(league);
        _publish();
        // Whoever comes now comes too late for the round.
        _register(owners.length, owners.length);
        beacon.reveal(first);
        beacon.reveal(second);
        arena.drawSeed(league);
        round.plan = Plan({
            seatCount: round.seats,
            matchesPerRound: round.matches,
            entryCount: arena.roundOf(league, 0).entryCount,
            roundSeed: arena.roundOf(league, 0).seed
        });
        for (uint32 member = 0; member < owners.length; ++member) {
            if (member == _absent() || member == _hiding()) continue;
            round.members.push(member);
            round.owners.push(_owner(owners[member]));
        }
        ICourt.Claim memory none;
        for (uint256 entry = 0; entry < round.members.length; ++entry) {
            round.claims.push(none);
            round.agents.push(_agent(round.owners[entry], round.members[entry]));
            if (_clockBlocks() != 0) round.keys.push(_agentKey(round.members[entry]));
        }
        round.domain = DomainHash.wrap(
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256("nets"),
                    keccak256("1"),
                    block.chainid,
                    address(arena)
                )
            )
        );
        _postClaims(Tale.tell(round));
        vm.roll(vm.getBlockNumber() + CLAIM_BLOCKS + 1 + round.seats * _clockBlocks());
        _deposit(ASSERTER, 1_000_000);
    }

    /// @dev Claims that are made when the scores are known but for those that follow from the claims.
    function _postClaims(Story memory story) internal virtual;

    /// @dev Makes every one of these owners the owner of a member, in this order.
    function _enterAll(uint256[] memory owners) internal virtual {
        for (uint256 member = 0; member < owners.length; ++member) {
            _register(owners[member], member);
        }
    }

    function _agent(address owner, uint32 member) internal view returns (AgentId) {
        return AgentId.wrap(sha256(abi.encodePacked(uint8(0x0a), owner, _codeHash(member))));
    }

    /// @dev The key that an agent of a signed league is.
    function _agentKey(uint256 member) internal pure returns (uint256) {
        return 5000 + member;
    }

    function _codeHash(uint256 member) internal view returns (CodeHash) {
        if (_clockBlocks() == 0) return CodeHash.wrap(sha256(_codeOf(member)));
        return CodeHash.wrap(bytes32(uint256(uint160(vm.addr(_agentKey(member))))));
    }

    function _claim(uint256 entry, uint8 kind, int64[] memory scores) internal {
        uint32 member = round.members[entry];
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(_keyOf(round.owners[entry]), arena.claimDigest(league, 0, member, kind, scores));
        arena.postClaim(league, 0, member, kind, scores, abi.encodePacked(r, s, v));
        round.claims[entry] = ICourt.Claim(kind, scores);
        round.claimed[entry] = true;
    }

    /// @dev Asserts a story and names the assertion as a refutation does.
    function _assert(Story memory story) internal returns (ICourt.Target memory) {
        return _assertRoots(
            uint32(story.entries.length),
            Forest.rootOf(Forest.hashes(story.entries)),
            Forest.rootOf(Forest.hashes(story.matches)),
            Forest.rootOf(Forest.hashes(story.ranks))
        );
    }

    function _assertRoots(uint32 count, Node entries, Node matches, Node ranks)
        internal
        returns (ICourt.Target memory)
    {
        vm.prank(ASSERTER);
        return ICourt.Target(arena, league, 0, arena.assertResult(league, 0, count, entries, matches, ranks));
    }

    /// @dev The call must kill the assertion it aims at, and the watcher earn half of its bond.
    function _checkRefuted(bytes memory input, string memory lie) internal {
        uint32 assertion = arena.roundOf(league, 0).latestLive - 1;
        uint128 before = arena.balanceOf(WATCHER);
        _commit(WATCHER, input);
        vm.prank(WATCHER);
        (bool done, bytes memory output) = address(court).call(input);
        if (!done) revert NotRefused(lie, output, 0);
        IArenaTypes.AssertionStatus status = arena.assertionOf(league, 0, assertion).status;
        check(status == IArenaTypes.AssertionStatus.Killed, lie);
        checkEqual(arena.balanceOf(WATCHER), before + BOND / 2, lie);
    }

    /// @dev Commits to a call and lets a block pass.
    function _commit(address caller, bytes memory input) internal {
        court.commit(Commitment.wrap(keccak256(abi.encode(caller, keccak256(input)))));
        vm.roll(vm.getBlockNumber() + 1);
    }

    function _checkUnproven(bytes memory input, bytes4 expected, string memory rule) internal {
        checkRefused(address(court), input, expected, rule);
    }

    function _proof(bytes[] memory leaves, uint256 index) internal pure returns (ICourt.Proof memory) {
        return ICourt.Proof(uint32(index), leaves[index], Forest.pathOf(Forest.hashes(leaves), 0, index));
    }

    function _proofs(bytes[] memory leaves, uint256 index) internal pure returns (ICourt.Proof[] memory proofs) {
        proofs = new ICourt.Proof[](1);
        proofs[0] = _proof(leaves, index);
    }

    function _node(bytes[] memory leaves, uint8 height, uint64 position)
        internal
        pure
        returns (ICourt.NodeProof memory)
    {
        Node[] memory hashes = Forest.hashes(leaves);
        Node[] memory path = Forest.pathOf(hashes, height, position);
        return ICourt.NodeProof(height, position, Forest.nodeOf(hashes, height, position), path);
    }

    function _none() internal pure returns (ICourt.Proof[] memory) {
        return new ICourt.Proof[](0);
    }

    /// @dev Changes one byte of a leaf.
    function _flip(bytes[] memory leaves, uint256 index, uint256 offset, uint8 mask) internal pure {
        bytes memory changed = bytes.concat(leaves[index]);
        changed[offset] ^= bytes1(mask);
        leaves[index] = changed;
    }

    function _owner(uint256 owner) internal pure returns (address) {
        return vm.addr(1000 + owner);
    }

    function _keyOf(address owner) private pure returns (uint256 key) {
        for (key = 1000; vm.addr(key) != owner;) {
            ++key;
        }
    }

    function _register(uint256 owner, uint256 member) internal {
        _deposit(_owner(owner), 1000);
        CodeHash codeHash = _codeHash(member);
        vm.prank(_owner(owner));
        arena.register(league, codeHash, 100, 1);
    }

    function _deposit(address owner, uint128 amount) internal {
        vm.deal(owner, amount);
        vm.prank(owner);
        arena.deposit{value: amount}();
    }

    function _terms(HashChainBeacon beacon) private returns (IArenaTypes.LeagueTerms memory terms) {
        (ISystem system, bytes memory parameters, uint8 seats, uint16 matches) = _system();
        (round.system, round.parameters, round.seats, round.matches) = (system, parameters, seats, matches);
        round.rulesId = RulesId.wrap(keccak256("rules"));
        terms.rulesId = round.rulesId;
        terms.system = _isJudged() ? address(system) : address(0);
        terms.parameters = parameters;
        terms.seats = seats;
        terms.matchesPerRound = matches;
        terms.beacon = beacon;
        terms.minimumStake = 100;
        terms.assertionBond = BOND;
        terms.slotsPerOwnerMax = 4;
        terms.payoutMultiplier = 1;
        terms.clockBlocks = _clockBlocks();
        terms.claimBlocks = CLAIM_BLOCKS;
        (terms.demandBond, terms.demandBlocks) = (1, 1);
        terms.codeBlocks = _codeBlocks();
        (terms.challengeBlocks, terms.voidBlocks, terms.unbondBlocks) = (20, 20, 40 + 2 * _codeBlocks());
    }
}
