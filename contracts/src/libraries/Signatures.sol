// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DomainHash, SigningDigest, StateHash, StructHash} from "../interfaces/HashTypes.sol";

/// @notice What an agent of a signed league says: this action, in this state, of this match.
struct ActionStatement {
    /// The league, in its arena.
    uint64 league;
    /// The round.
    uint32 round;
    /// The match, as the round's schedule numbers it.
    uint32 matchIndex;
    /// The seat that acts.
    uint8 seat;
    /// The step, counted from 0.
    uint32 step;
    /// The hash of the state before the step.
    StateHash stateHash;
    /// The action.
    uint64 action;
}

/// @title What owners and agents sign, by EIP-712, and who signed it.
/// @notice The domain is one arena on one chain, so a signature is good for no other.
/// @dev INVARIANT: of the two signatures that a key can make of one digest, only the one with the lower half counts, so
/// a signature cannot be changed into another one.
library Signatures {
    /// @notice How long a signature is: `r ‖ s ‖ v`.
    uint256 internal constant BYTES = 65;

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant ACTION_TYPE = keccak256(
        "Action(uint64 league,uint32 round,uint32 matchIndex,uint8 seat,uint32 step,bytes32 stateHash,uint64 action)"
    );

    // Half of the order of secp256k1: of the two signatures that each signature gives, the one above is refused.
    uint256 private constant S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice The domain of what is signed for an arena.
    function domainOf(address arena) internal view returns (DomainHash) {
        return
            DomainHash.wrap(keccak256(abi.encode(DOMAIN_TYPE, keccak256("nets"), keccak256("1"), block.chainid, arena)));
    }

    /// @notice What is signed, given the hash of the struct.
    function digestOf(DomainHash domain, StructHash content) internal pure returns (SigningDigest) {
        return SigningDigest.wrap(keccak256(abi.encodePacked(hex"1901", domain, content)));
    }

    /// @notice What an agent signs.
    function actionDigest(DomainHash domain, ActionStatement memory said) internal pure returns (SigningDigest) {
        return digestOf(domain, StructHash.wrap(keccak256(abi.encode(ACTION_TYPE, said))));
    }

    /// @notice Whether bytes have the form of a signature: 65, `s` in the lower half of the order, `v` 27 or 28.
    function isWellFormed(bytes calldata signature) internal pure returns (bool) {
        if (signature.length != BYTES) return false;
        uint8 v = uint8(signature[64]);
        return uint256(bytes32(signature[32:64])) <= S_MAX && (v == 27 || v == 28);
    }

    /// @notice Whose signature of a digest it is; nobody's, which is 0, where it is none.
    function signerOf(SigningDigest digest, bytes calldata signature) internal pure returns (address) {
        if (!isWellFormed(signature)) return address(0);
        return ecrecover(
            SigningDigest.unwrap(digest), uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64])
        );
    }
}
