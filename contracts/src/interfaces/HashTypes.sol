// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

// A type for each kind of hash, so that none is taken for another. Zero is no hash of anything.

// Who plays what

/// @notice `H(0x0a, owner ‖ code hash)`: an agent, bound to its owner so that nobody can enter it first.
type AgentId is bytes32;

/// @notice The SHA-256 of an agent's module file; in a signed league the address of its key, after twelve zero bytes.
type CodeHash is bytes32;

/// @notice The rules of a league's matches (SPEC section 1).
type RulesId is bytes32;

/// @notice A match: its rules, seed and agents (SPEC section 1).
type MatchId is bytes32;

/// @notice The seed of a round, from which the seeds of its matches follow (SPEC 9.2).
type RoundSeed is bytes32;

/// @notice The seed of a match (SPEC 9.3).
type MatchSeed is bytes32;

/// @notice What the draws of a match follow from (SPEC section 4).
type ChanceKey is bytes32;

// What is claimed and asserted

/// @notice The hash of the scores an owner claimed (SPEC 9.4).
type ClaimHash is bytes32;

/// @notice A node of the protocol's tree: the hash of a leaf, of two nodes, or the root (SPEC section 5).
type Node is bytes32;

/// @notice The root of a trace: a match, the trace's leaf count and the root of its tree (SPEC section 5).
type TraceRoot is bytes32;

/// @notice The hash of a System's state (SPEC section 2).
type StateHash is bytes32;

// What is disputed

/// @notice Who will refute, and by which call (SPEC section 10).
type Commitment is bytes32;

/// @notice A demand: the hash of its first state (SPEC 9.7).
type DemandId is bytes32;

/// @notice The hash of the state that a demand is in (SPEC 9.7).
type DemandHash is bytes32;

/// @notice What an answer hashes to: a node, a trace root or a state's hash, as the demand's subject says (SPEC 9.7).
type DemandedHash is bytes32;

/// @notice A trial: the hash of all that never changes of it (SPEC 12.3).
type TrialId is bytes32;

/// @notice A defence: the hash of its first state (SPEC 12.3).
type DefenceId is bytes32;

/// @notice The hash of the state that a defence is in (SPEC 12.3).
type DefenceHash is bytes32;

/// @notice What the image is asked in a trial (SPEC 12.1).
type QuestionHash is bytes32;

/// @notice The hash of a state of the machine of trials (SPEC 12.2).
type MachineHash is bytes32;

/// @notice A match on its clocks: arena, league, round, match and agents (SPEC 9.9).
type ClockId is bytes32;

// What is signed (EIP-712)

/// @notice The domain that a signature is good in.
type DomainHash is bytes32;

/// @notice The struct that is signed.
type StructHash is bytes32;

/// @notice What a signature is over: a domain and a struct.
type SigningDigest is bytes32;

// What beacons know

/// @notice The value of a beacon (SPEC section 10).
type BeaconValue is bytes32;

/// @notice A link of a chain of hashes, and the secret that opens the link after it (SPEC section 10).
type ChainLink is bytes32;

/// @notice What an owner's share has to hash to (SPEC section 10).
type ShareCommitment is bytes32;

/// @notice The hash of a block's header.
type BlockHash is bytes32;
