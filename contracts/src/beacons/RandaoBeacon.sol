// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BeaconValue, BlockHash} from "../interfaces/HashTypes.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";

/// @title The randomness of future blocks of an Ethereum chain.
/// @notice A value is the RANDAO mix that a block's header carries, shown by the header itself, whose hash the chain
/// knows for 8,191 blocks. Anyone may bring it.
///
/// What it is worth: on an L1, whoever proposes the last blocks before the one that counts can decide by leaving its
/// block out, one bit for each, at the price of the block. The hash of a block would be worth far less, since its
/// maker can try as many blocks as it likes. On an L2 the sequencer chooses, so a league there should not use this.
/// @dev INVARIANT: a value is read from bytes whose hash is that of the block with this number.
contract RandaoBeacon is IBeacon {
    /// @dev The contract that keeps the hashes of the last 8,191 blocks (EIP-2935).
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @dev Which field of a header the mix is, from 0.
    uint256 private constant MIX_FIELD = 13;

    /// @notice How many blocks ahead a value is taken for unknown: who proposes several blocks in a row knows what all
    /// of them add to the mix.
    uint64 public immutable lookahead;

    /// @notice The value of a block became known.
    event Recorded(uint64 indexed index, BeaconValue value);

    /// @notice The header is that of no known block of this number.
    error WrongHeader(uint64 number, BlockHash received, BlockHash expected);

    /// @inheritdoc IBeacon
    mapping(uint64 index => BeaconValue known) public value;

    /// @param lookahead_ At least 2, since the mix of the next block follows from this one; 128 blocks are four epochs.
    constructor(uint64 lookahead_) {
        lookahead = lookahead_ < 2 ? 2 : lookahead_;
    }

    /// @inheritdoc IBeacon
    function nextIndex() external view returns (uint64 index) {
        return uint64(block.number) + lookahead;
    }

    /// @notice Makes the value of block `number` known.
    /// @param header The block's header in RLP, as its hash is taken of it.
    function record(uint64 number, bytes calldata header) external {
        (BlockHash received, BlockHash expected) = (BlockHash.wrap(keccak256(header)), _hashOf(number));
        bool same = BlockHash.unwrap(received) == BlockHash.unwrap(expected);
        if (BlockHash.unwrap(expected) == 0 || !same) revert WrongHeader(number, received, expected);
        BeaconValue mix = _mix(header);
        value[number] = mix;
        emit Recorded(number, mix);
    }

    function _hashOf(uint64 number) private view returns (BlockHash hash) {
        hash = BlockHash.wrap(blockhash(number));
        if (BlockHash.unwrap(hash) != 0) return hash;
        (bool done, bytes memory answer) = HISTORY.staticcall(abi.encode(number));
        if (done && answer.length == 32) hash = abi.decode(answer, (BlockHash));
    }

    /// @dev The mix in a header. The chain made these bytes, so their form needs no check.
    function _mix(bytes calldata header) private pure returns (BeaconValue) {
        uint256 offset = 1 + uint8(header[0]) - 0xf7;
        for (uint256 field = 0; field < MIX_FIELD; ++field) {
            offset += _length(header, offset);
        }
        return BeaconValue.wrap(bytes32(header[offset + 1:]));
    }

    /// @dev How many bytes the string at `offset` takes, its prefix included.
    function _length(bytes calldata header, uint256 offset) private pure returns (uint256) {
        uint256 prefix = uint8(header[offset]);
        if (prefix < 0x80) return 1;
        if (prefix < 0xb8) return 1 + prefix - 0x80;
        uint256 sizeBytes = prefix - 0xb7;
        uint256 size = 0;
        for (uint256 i = 1; i <= sizeBytes; ++i) {
            size = size << 8 | uint8(header[offset + i]);
        }
        return 1 + sizeBytes + size;
    }
}
