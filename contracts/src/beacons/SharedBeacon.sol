// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BeaconValue, ChainLink, ShareCommitment} from "../interfaces/HashTypes.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {Bytes} from "../libraries/Bytes.sol";

/// @title A beacon of an operator's committed secrets, each mixed with what others add to it.
/// @notice Whoever deploys it gives the last link of a chain of hashes, as for a HashChainBeacon. Until a secret is
/// revealed, anyone may commit to a share of its value, with a bond; then no share can be added or changed any more. The
/// shares are shown within a window of blocks after the secret, and each that is shown gets its bond back. The bonds of
/// the others are nobody's from then on, and the value comes without them.
///
/// What it is worth: as long as one of those who committed is honest, nobody can know a value before the secret is
/// revealed, its operator included, and nobody can choose it. Whoever shows its share last can choose between two values,
/// at the price of its bond, or among 2^k values for k bonds. Without shares it is worth what a HashChainBeacon is. The
/// operator may stop. Where the operator makes the blocks, it can leave commitments out.
/// @dev INVARIANT: the contract holds one bond for each open share, and those that were forfeited.
contract SharedBeacon is IBeacon {
    /// @notice What a value is drawn from.
    struct Draw {
        /// The operator's secret; 0 before it is revealed.
        ChainLink secret;
        /// The exclusive or of the shares shown so far.
        bytes32 mix;
        /// The last block in which shares may be shown; 0 before the secret is revealed.
        uint64 lastShareBlock;
        /// The shares that were committed to and not shown.
        uint64 open;
    }

    uint8 private constant VALUE = 0x0f;

    /// @notice How many blocks there are to show shares in after a secret, and at least to commit in before the next.
    uint64 public immutable windowBlocks;

    /// @notice What stands behind a share.
    uint256 public immutable bond;

    /// @notice Somebody committed to a share of a value.
    event Committed(uint64 indexed index, address indexed owner);
    /// @notice Somebody took its commitment back.
    event TakenBack(uint64 indexed index, address indexed owner);
    /// @notice The operator's secret is known, and no share can be added to it any more.
    event Revealed(uint64 indexed index, ChainLink secret, uint64 lastShareBlock);
    /// @notice A share was shown.
    event Shared(uint64 indexed index, address indexed owner, bytes32 share);
    /// @notice A value is known; `forfeited` shares were not shown.
    event Settled(uint64 indexed index, BeaconValue value, uint64 forfeited);

    /// @notice The secret does not open the link.
    error WrongSecret(ChainLink received, ChainLink expected);
    /// @notice It can be done in this block at the earliest.
    error TooEarly(uint256 blockNumber, uint256 earliest);
    /// @notice It could be done up to this block.
    error TooLate(uint256 blockNumber, uint256 latest);
    /// @notice The secret of the value is known: no share can be added to it or taken from it.
    error Frozen(uint64 index);
    /// @notice The secret of the value is not known yet.
    error NotFrozen(uint64 index);
    /// @notice A share needs exactly the bond.
    error WrongBond(uint256 received, uint256 expected);
    /// @notice One owner has one share of a value.
    error AlreadyCommitted(uint64 index, address owner);
    /// @notice Nothing was committed to.
    error NotCommitted(uint64 index, address owner);
    /// @notice The share is not what was committed to.
    error WrongShare(uint64 index, ShareCommitment received, ShareCommitment expected);
    /// @notice The value is known already.
    error AlreadySettled(uint64 index);
    /// @notice The owner does not take its bond.
    error BondRefused(address owner);

    /// @inheritdoc IBeacon
    uint64 public nextIndex;

    /// @notice The hash of the next secret (SPEC tag 0x0d).
    ChainLink public link;

    /// @notice The first block in which the next secret may be revealed.
    uint256 public readyBlock;

    /// @inheritdoc IBeacon
    mapping(uint64 index => BeaconValue known) public value;

    /// @notice What a value is drawn from.
    mapping(uint64 index => Draw) public drawOf;

    /// @notice What an owner committed to and has not shown: `keccak256(abi.encode(index, owner, share))`.
    mapping(uint64 index => mapping(address owner => ShareCommitment)) public commitmentOf;

    /// @param tip The last link of the operator's chain.
    constructor(ChainLink tip, uint64 windowBlocks_, uint256 bond_) {
        link = tip;
        windowBlocks = windowBlocks_;
        bond = bond_;
        readyBlock = block.number + windowBlocks_ + 1;
    }

    /// @notice Commits to a share of a value whose secret is not revealed yet, with the bond.
    /// @param commitment `keccak256(abi.encode(index, sender, share))`: nobody else can show it.
    function commit(uint64 index, ShareCommitment commitment) external payable {
        if (index < nextIndex) revert Frozen(index);
        if (msg.value != bond) revert WrongBond(msg.value, bond);
        if (ShareCommitment.unwrap(commitment) == 0) revert NotCommitted(index, msg.sender);
        if (ShareCommitment.unwrap(commitmentOf[index][msg.sender]) != 0) revert AlreadyCommitted(index, msg.sender);
        commitmentOf[index][msg.sender] = commitment;
        ++drawOf[index].open;
        emit Committed(index, msg.sender);
    }

    /// @notice Takes a commitment and its bond back, while the secret is not revealed: an operator that stops holds
    /// nobody's bond.
    function takeBack(uint64 index) external {
        if (index < nextIndex) revert Frozen(index);
        if (ShareCommitment.unwrap(commitmentOf[index][msg.sender]) == 0) revert NotCommitted(index, msg.sender);
        emit TakenBack(index, msg.sender);
        --drawOf[index].open;
        _release(index);
    }

    /// @notice Reveals the next secret; anyone who has it may. The value before it is settled if it was not.
    function reveal(ChainLink secret) external {
        if (block.number < readyBlock) revert TooEarly(block.number, readyBlock);
        ChainLink received = ChainLink.wrap(Bytes.hash(abi.encodePacked(uint8(0x0d), secret)));
        if (ChainLink.unwrap(received) != ChainLink.unwrap(link)) revert WrongSecret(received, link);
        uint64 index = nextIndex;
        if (index > 0 && BeaconValue.unwrap(value[index - 1]) == 0) _settle(index - 1);
        uint64 last = uint64(block.number) + windowBlocks;
        (link, nextIndex, readyBlock) = (secret, index + 1, uint256(last) + 1);
        Draw storage draw = drawOf[index];
        (draw.secret, draw.lastShareBlock) = (secret, last);
        emit Revealed(index, secret, last);
        // slither-disable-next-line incorrect-equality: a count of shares, by one at a time.
        if (draw.open == 0) _settle(index);
    }

    /// @notice Shows the share that the sender committed to, and gives its bond back. With the last one the value is
    /// known.
    function show(uint64 index, bytes32 share) external {
        Draw storage draw = drawOf[index];
        if (index >= nextIndex) revert NotFrozen(index);
        if (block.number > draw.lastShareBlock) revert TooLate(block.number, draw.lastShareBlock);
        ShareCommitment received = ShareCommitment.wrap(keccak256(abi.encode(index, msg.sender, share)));
        ShareCommitment expected = commitmentOf[index][msg.sender];
        if (ShareCommitment.unwrap(expected) == 0) revert NotCommitted(index, msg.sender);
        if (ShareCommitment.unwrap(received) != ShareCommitment.unwrap(expected)) {
            revert WrongShare(index, received, expected);
        }
        draw.mix ^= share;
        emit Shared(index, msg.sender, share);
        if (--draw.open == 0) _settle(index);
        _release(index);
    }

    /// @notice Makes a value known once no share can be shown any more; anyone may.
    function settle(uint64 index) external {
        if (index >= nextIndex) revert NotFrozen(index);
        if (BeaconValue.unwrap(value[index]) != 0) revert AlreadySettled(index);
        uint64 last = drawOf[index].lastShareBlock;
        if (block.number <= last) revert TooEarly(block.number, uint256(last) + 1);
        _settle(index);
    }

    function _settle(uint64 index) private {
        Draw storage draw = drawOf[index];
        BeaconValue drawn = BeaconValue.wrap(Bytes.hash(abi.encodePacked(VALUE, draw.secret, draw.mix)));
        value[index] = drawn;
        emit Settled(index, drawn, draw.open);
    }

    /// @dev Forgets the sender's commitment, then gives its bond back.
    function _release(uint64 index) private {
        commitmentOf[index][msg.sender] = ShareCommitment.wrap(0);
        (bool done,) = msg.sender.call{value: bond}("");
        if (!done) revert BondRefused(msg.sender);
    }
}
