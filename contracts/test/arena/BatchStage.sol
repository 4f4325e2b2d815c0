// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash, Commitment, Node, SigningDigest} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Forest} from "../court/Forest.sol";
import {Stage} from "./Stage.sol";

/// @title Batches of registrations as their sponsor makes them, and what others do to them.
/// @dev The test is the court, so it keeps the commitments itself. Member `i` of a batch is of owner `1 + i % owners`.
abstract contract BatchStage is Stage {
    address internal constant SPONSOR = address(0x590502);
    address internal constant WATCHER = address(0x3a7c);
    // What each costs in the usual league: the slot capital as its stake, and 7 for a round.
    uint128 internal constant STAKE = 200;
    uint128 internal constant BOND = 61;

    mapping(Commitment commitment => uint256 blockNumber) public committedAt;

    /// @dev The leaves of the sponsor's next batch, in ascending order of their agents.
    function _registrations(uint256 count) internal view returns (bytes[] memory leaves) {
        leaves = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = _registration(1 + i, CodeHash.wrap(keccak256(abi.encode("module", i))));
        }
        _sort(leaves);
    }

    function _registration(uint256 owner, CodeHash codeHash) internal view returns (bytes memory leaf) {
        return _signed(owner, codeHash, SPONSOR, arena.batchNonce(league, SPONSOR));
    }

    function _signed(uint256 owner, CodeHash codeHash, address sponsor, uint64 nonce)
        internal
        view
        returns (bytes memory leaf)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(owner), _registrationDigest(codeHash, sponsor, nonce));
        return abi.encodePacked(hex"0007", _owner(owner), codeHash, r, s, v);
    }

    /// @dev As `Signatures` and `Proposals` have it, in one place and by other means.
    function _registrationDigest(CodeHash codeHash, address sponsor, uint64 nonce)
        internal
        view
        returns (SigningDigest)
    {
        bytes memory domain = abi.encode(
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            keccak256("nets"),
            keccak256("1"),
            block.chainid,
            address(arena)
        );
        bytes memory registration = abi.encode(
            keccak256("Registration(uint64 league,address sponsor,uint64 nonce,bytes32 codeHash)"),
            league,
            sponsor,
            nonce,
            codeHash
        );
        return SigningDigest.wrap(keccak256(bytes.concat(hex"1901", keccak256(domain), keccak256(registration))));
    }

    function _agentIn(bytes memory leaf) internal pure returns (AgentId agentId) {
        (address owner, CodeHash codeHash) = _ownerAndCode(leaf);
        return AgentId.wrap(sha256(abi.encodePacked(uint8(0x0a), owner, codeHash)));
    }

    function _ownerAndCode(bytes memory leaf) internal pure returns (address owner, CodeHash codeHash) {
        assembly ("memory-safe") {
            owner := shr(96, mload(add(leaf, 34)))
            codeHash := mload(add(leaf, 54))
        }
    }

    function _sort(bytes[] memory leaves) internal pure {
        for (uint256 i = 1; i < leaves.length; ++i) {
            for (uint256 j = i; j > 0 && _isBefore(leaves[j], leaves[j - 1]); --j) {
                (leaves[j], leaves[j - 1]) = (leaves[j - 1], leaves[j]);
            }
        }
    }

    function _isBefore(bytes memory leaf, bytes memory other) private pure returns (bool) {
        return AgentId.unwrap(_agentIn(leaf)) < AgentId.unwrap(_agentIn(other));
    }

    function _rootOf(bytes[] memory leaves) internal pure returns (Node) {
        return Forest.rootOf(Forest.hashes(leaves));
    }

    function _proofOf(bytes[] memory leaves, uint256 index) internal pure returns (IArenaTypes.Proof memory) {
        return IArenaTypes.Proof(leaves[index], Forest.pathOf(Forest.hashes(leaves), 0, index));
    }

    /// @dev Proposes these leaves; the sponsor brings what it takes and no more.
    function _propose(bytes[] memory leaves, uint32 rounds) internal returns (uint32 batch) {
        return _proposeRoot(_rootOf(leaves), uint32(leaves.length), rounds);
    }

    function _proposeRoot(Node root, uint32 count, uint32 rounds) internal returns (uint32 batch) {
        _deposit(SPONSOR, _costOf(count, rounds) + BOND);
        vm.prank(SPONSOR);
        return arena.proposeBatch(league, root, count, rounds);
    }

    function _costOf(uint32 count, uint32 rounds) internal pure returns (uint128) {
        return (STAKE + 7 * uint128(rounds)) * count;
    }

    /// @dev A batch that stood and is accepted.
    function _admit(bytes[] memory leaves, uint32 rounds) internal returns (uint32 batch) {
        batch = _propose(leaves, rounds);
        _pass(21);
        arena.acceptBatch(league, batch);
    }

    function _enroll(uint32 member, bytes[] memory leaves) internal {
        (, uint32 first) = _firstOf(member);
        arena.enroll(league, member, _proofOf(leaves, member - first));
    }

    /// @dev The accepted batch that has this number, found the slow way.
    function _firstOf(uint32 member) internal view returns (uint32 batch, uint32 first) {
        for (; batch < arena.batchCount(league); ++batch) {
            IArenaTypes.Batch memory tried = arena.batchOf(league, batch);
            bool accepted = tried.status == IArenaTypes.BatchStatus.Accepted;
            if (accepted && tried.first <= member && member < tried.first + tried.count) return (batch, tried.first);
        }
        revert("no such batch");
    }

    /// @dev The leaves under a node as an answer has them.
    function _listed(bytes[] memory leaves, uint256 from, uint256 to) internal pure returns (bytes memory list) {
        for (uint256 i = from; i < to && i < leaves.length; ++i) {
            list = abi.encodePacked(list, Bytes.swap16(uint16(leaves[i].length)), leaves[i]);
        }
    }

    /// @dev Makes a call of the watcher's after committing to it in the block before.
    function _callCommitted(bytes memory input) internal returns (bool done, bytes memory output) {
        committedAt[Commitment.wrap(keccak256(abi.encode(WATCHER, keccak256(input))))] = vm.getBlockNumber();
        _pass(1);
        vm.prank(WATCHER);
        return address(arena).call(input);
    }

    function _checkCancelled(bytes memory input, uint32 batch, string memory lie) internal {
        uint128 before = arena.balanceOf(WATCHER);
        (bool done, bytes memory output) = _callCommitted(input);
        if (!done) revert NotRefused(lie, output, 0);
        check(arena.batchOf(league, batch).status == IArenaTypes.BatchStatus.Cancelled, lie);
        checkEqual(arena.balanceOf(WATCHER), before + BOND / 2, lie);
    }

    function _checkUpheld(bytes memory input, bytes4 expected, string memory rule) internal {
        (bool done, bytes memory output) = _callCommitted(input);
        if (done || bytes4(output) != expected) revert NotRefused(rule, output, expected);
    }

    function _register(uint256 owner, CodeHash codeHash) internal returns (uint32 member) {
        _deposit(_owner(owner), 1000);
        vm.prank(_owner(owner));
        return arena.register(league, codeHash, 151, 1);
    }
}
