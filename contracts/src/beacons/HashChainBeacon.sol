// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BeaconValue, ChainLink} from "../interfaces/HashTypes.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {Digests} from "../libraries/Digests.sol";

/// @title A beacon of secrets that were all committed to before the first is known.
/// @notice Whoever deploys it hashes a secret many times over and gives the last link. Each value is the secret behind
/// the current link, so its operator can neither choose nor change values; it knows them in advance, and may stop.
/// It has to send a secret only once the one before is in a block: a round opened meanwhile is played on the value after
/// the one on its way.
/// @dev INVARIANT: the link is the hash of the next value, and of the chain's tip that of the first.
contract HashChainBeacon is IBeacon {
    /// @notice A value became known.
    event Revealed(uint64 indexed index, BeaconValue value);

    /// @notice The secret does not open the link.
    error WrongSecret(ChainLink received, ChainLink expected);

    /// @inheritdoc IBeacon
    uint64 public nextIndex;

    /// @notice The hash of the next value (SPEC tag 0x0d).
    ChainLink public link;

    /// @inheritdoc IBeacon
    mapping(uint64 index => BeaconValue known) public value;

    /// @param tip The chain's last link.
    constructor(ChainLink tip) {
        link = tip;
    }

    /// @notice Makes the next value known; anyone who has the secret may.
    function reveal(ChainLink secret) external {
        ChainLink received = Digests.beaconLink(secret);
        if (ChainLink.unwrap(received) != ChainLink.unwrap(link)) revert WrongSecret(received, link);
        (uint64 index, BeaconValue known) = (nextIndex, BeaconValue.wrap(ChainLink.unwrap(secret)));
        value[index] = known;
        link = secret;
        nextIndex = index + 1;
        emit Revealed(index, known);
    }
}
