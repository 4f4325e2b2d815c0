// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, StateHash} from "../interfaces/HashTypes.sol";
import {IArenaExits} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {ActionStatement, Signatures} from "../libraries/Signatures.sol";
import {Membership} from "./Membership.sol";

/// @title Equivocations: agents that said two things of one step.
/// @notice Knows who signed what; whether it was true, or of a match at all, does not matter.
/// @dev INVARIANT: only who signed twice for one step loses by it.
abstract contract Equivocations is Membership, IArenaExits {
    /// @inheritdoc IArenaExits
    function slashEquivocation(
        LeagueId league,
        uint32 member,
        uint32 round,
        uint32 matchIndex,
        uint8 seat,
        uint32 step,
        SignedAction calldata first,
        SignedAction calldata second
    ) external {
        if (_requireLeague(league).clockBlocks == 0) revert NotSigned(league);
        if (StateHash.unwrap(first.stateHash) == StateHash.unwrap(second.stateHash) && first.action == second.action) {
            revert NotEquivocal();
        }
        ActionStatement memory said = ActionStatement({
            league: LeagueId.unwrap(league),
            round: round,
            matchIndex: matchIndex,
            seat: seat,
            step: step,
            stateHash: StateHash.wrap(0),
            action: 0
        });
        address key = _signerOf(said, first);
        address other = _signerOf(said, second);
        if (other != key) revert WrongSigner(other, key);

        MemberState storage equivocal = _requireMember(league, member);
        AgentId signing = Digests.agentOfKey(equivocal.owner, key);
        AgentId expected = _agentOf(league, member);
        if (AgentId.unwrap(signing) != AgentId.unwrap(expected)) revert AgentMismatch(signing, expected);
        _ban(league, round, equivocal);
    }

    /// @dev Who signed this action of the step.
    function _signerOf(ActionStatement memory said, SignedAction calldata signed)
        private
        view
        returns (address signer)
    {
        (said.stateHash, said.action) = (signed.stateHash, signed.action);
        signer =
            Signatures.signerOf(Signatures.actionDigest(Signatures.domainOf(address(this)), said), signed.signature);
        if (signer == address(0)) revert MalformedSignature();
    }
}
