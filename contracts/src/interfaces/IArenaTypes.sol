// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, ClaimHash, CodeHash, Node, RoundSeed, RulesId, StateHash} from "./HashTypes.sol";
import {IBeacon} from "./IBeacon.sol";

/// @notice A league of one arena, numbered from 0.
type LeagueId is uint64;

/// @title What the arena's interface is made of: its types, events and errors.
/// @notice Amounts are in the chain's smallest unit, times in blocks. Rounds, members, entries, ranks and assertions are
/// numbered from 0.
interface IArenaTypes {
    // Types

    /// @notice What a league fixes for ever when it is created.
    /// @param rulesId The rules of its matches (SPEC section 1).
    /// @param parameters The System's parameters as the step contract takes them.
    /// @param system The System's step contract, or 0 where steps cannot be judged on chain.
    /// @param seats Seats of a match: 1 or 2.
    /// @param matchesPerRound Matches of one entrant in a round, 1 to 64; even where there are two seats.
    /// @param slotsPerOwnerMax The most entries of one owner in a round; 65,535 is no limit where there is no slotCapital.
    /// @param payoutMultiplier What the payout of every rank is multiplied by; at least 1.
    /// @param clockBlocks 0 where agents are modules; else the league is signed, and it is what each seat has on its
    /// clock in a match whose moves are forced on chain; see `IClocks`.
    /// @param beacon Where the seeds of rounds come from.
    /// @param entryBlocks How long entries stay open before each round, counted from the end of the one before.
    /// @param unbondBlocks How long a stake stays after its owner asked for it and its last round ended; at least
    /// challengeBlocks + voidBlocks + 2 · codeBlocks.
    /// @param voidBlocks How long a round waits for its seed, and later for an assertion, before it may be voided.
    /// @param minimumStake The least stake of a member.
    /// @param claimBond What a false claim must at least cost; the larger of the two is the required stake, at least 1.
    /// @param entryPrice The price of one agent's entry into one round.
    /// @param slotCapital What an owner must own for each of its entries in a round.
    /// @param assertionBond What an asserter puts up.
    /// @param claimBlocks How long after the seed claims are taken.
    /// @param challengeBlocks How long an assertion must stand unrefuted, and demands against it may open.
    /// @param demandBlocks What each move of a demand has at least, its clock being empty; see `IDemands`.
    /// @param codeBlocks How long after a round opened the code of its entries may be demanded, and then as long again how
    /// long it may be shown; see `ICodePublication`. 0 where no code is demanded, as in signed leagues, whose agents are keys.
    /// @param demandBond What a demander puts up for each answer it may get; it should pay for the gas of one.
    /// @param assertionPayout What the asserter of a final outcome earns; may be 0.
    /// @param payouts What each rank earns before multiplication, best first; at most 16.
    /// @dev In an order in which what one call reads shares a word.
    struct LeagueTerms {
        RulesId rulesId;
        bytes parameters;
        address system;
        uint8 seats;
        uint16 matchesPerRound;
        uint16 slotsPerOwnerMax;
        uint16 payoutMultiplier;
        uint32 clockBlocks;
        IBeacon beacon;
        uint32 entryBlocks;
        uint32 unbondBlocks;
        uint32 voidBlocks;
        uint128 minimumStake;
        uint128 claimBond;
        uint128 entryPrice;
        uint128 slotCapital;
        uint128 assertionBond;
        uint32 claimBlocks;
        uint32 challengeBlocks;
        uint32 demandBlocks;
        uint32 codeBlocks;
        uint128 demandBond;
        uint128 assertionPayout;
        uint128[] payouts;
    }

    /// @notice Where a league stands.
    /// @param purse What is there for payouts, neither reserved nor paid for entries into rounds still to be opened.
    /// @param memberCount Members ever registered.
    /// @param nextRound The round to be opened next, which is the count of rounds ever opened.
    /// @param idleSince The block in which its latest round ended, or it was created; 0 while a round is under way.
    struct League {
        uint128 purse;
        uint32 memberCount;
        uint32 nextRound;
        uint64 idleSince;
    }

    /// @notice An agent in a league.
    /// @param unbondedAt The block in which the stake was asked back, or 0.
    /// @param from The first round it is active in.
    /// @param to The first round after `from` it is no longer active in.
    /// @param banned Whether it was slashed; it never plays again.
    struct Member {
        AgentId agentId;
        address owner;
        uint32 from;
        uint32 to;
        bool banned;
        uint128 stake;
        uint64 unbondedAt;
    }

    /// @notice How far a round is. Publishing is before Open, in leagues where code may be demanded.
    enum RoundStatus {
        None,
        Open,
        Seeded,
        Final,
        Void,
        Publishing
    }

    /// @notice One round of a league.
    /// @param memberCount The league's members when the entries froze.
    /// @param entryCount Entries paid for, which are the round's active members once it opens; their prices are its fees.
    /// Those whose code was demanded and is not shown are no entries.
    /// @param seededAt The block in which its seed was drawn, or 0.
    /// @param endedAt The block in which it became final or void, or 0.
    /// @param finalAssertion The assertion that stood, once the round is final.
    /// @param paidRanks The ranks already paid, rank i as bit i.
    /// @param seed Its seed, once it is drawn.
    /// @param reserved What is held for its payouts.
    /// @param assertionCount Assertions ever posted.
    /// @param earliestLive The earliest assertion still standing plus 1, or 0.
    /// @param latestLive The latest assertion still standing plus 1, or 0.
    /// @param beaconIndex The beacon value that the seed is drawn from; 0 while the round is Publishing.
    /// @param openedAt The block in which it was opened.
    /// @param killedAt The block in which the latest of its assertions was killed, or 0.
    /// @param refunds What is held for refunds of its fees, once it is void.
    struct Round {
        RoundStatus status;
        uint32 memberCount;
        uint32 entryCount;
        uint64 seededAt;
        uint64 endedAt;
        uint32 finalAssertion;
        uint16 paidRanks;
        RoundSeed seed;
        uint128 reserved;
        uint32 assertionCount;
        uint32 earliestLive;
        uint32 latestLive;
        uint64 beaconIndex;
        uint64 openedAt;
        uint64 killedAt;
        uint128 refunds;
    }

    /// @notice Whether an assertion's bond is still held, and why not.
    enum AssertionStatus {
        None,
        Live,
        Killed,
        Returned
    }

    /// @notice The outcome of a round, as somebody asserts it (SPEC 9.6).
    /// @param postedAt The block in which it was posted; of 40 bits, so that it shares a word with what is before it
    /// and after it.
    /// @param openDemands How many demands keep it from becoming final; 65535 stays for ever, and then only time ends
    /// them.
    /// @param earlier The live assertion before this one plus 1, or 0.
    /// @param later The live assertion after this one plus 1, or 0.
    struct Assertion {
        address asserter;
        AssertionStatus status;
        uint40 postedAt;
        uint32 entryCount;
        uint16 openDemands;
        Node entriesRoot;
        Node matchesRoot;
        Node ranksRoot;
        uint32 earlier;
        uint32 later;
    }

    /// @notice What a demand needs to know of an assertion.
    /// @param root The root of the tree it is about.
    struct Demanded {
        Node root;
        uint32 entryCount;
        uint8 seats;
        uint16 matchesPerRound;
        uint32 demandBlocks;
    }

    /// @notice What an assertion is judged by: what it says, and what of its round and its league that follows from.
    struct Facts {
        uint32 entryCount;
        Node entriesRoot;
        Node matchesRoot;
        Node ranksRoot;
        uint32 memberCount;
        RoundSeed seed;
        RulesId rulesId;
        address system;
        uint8 seats;
        uint16 matchesPerRound;
        uint32 clockBlocks;
        bytes parameters;
    }

    /// @notice What the clocks of a round's matches need to know of it.
    /// @param clockBlocks What each seat has on its clock, or 0 where the league is not signed.
    /// @param latest The last block in which the clocks of a match may be started; 0 unless the round is seeded.
    struct Staged {
        RoundSeed seed;
        address system;
        uint8 seats;
        uint16 matchesPerRound;
        uint32 clockBlocks;
        uint256 latest;
        bytes parameters;
    }

    /// @notice One of two actions that an agent signed in one step of a match.
    /// @param stateHash The hash of the state that it says it acts in.
    struct SignedAction {
        StateHash stateHash;
        uint64 action;
        bytes signature;
    }

    /// @notice What has become of a batch of registrations.
    enum BatchStatus {
        None,
        Proposed,
        Accepted,
        Cancelled,
        Withdrawn
    }

    /// @notice Registrations that one root stands for, paid by a sponsor (SPEC 9.10).
    /// @param sponsor Who paid for its members and has their stakes back.
    /// @param count How many leaves it has.
    /// @param proposedAt The block in which it was proposed.
    /// @param openDemands Demands for its leaves whose bonds are held.
    /// @param demandCount Demands for its leaves that there ever were.
    /// @param root The root of its registration leaves.
    /// @param first The number of its first member, once it is accepted.
    /// @param from The first round that its members are active in, once it is accepted.
    /// @param to The first round they are no longer active in; as long as it is proposed, how many rounds are paid for.
    /// @param enrolled How many of its members are enrolled: for these `memberOf` says what holds, and not the batch.
    /// @param unbondedAt The block in which the sponsor asked the stakes back, or 0.
    /// @param nonce The sponsor's number for it, which its owners signed.
    /// @param stake The stake of each member that is not enrolled; 0 once it was taken back.
    struct Batch {
        address sponsor;
        BatchStatus status;
        uint32 count;
        uint40 proposedAt;
        Node root;
        uint32 openDemands;
        uint32 demandCount;
        uint32 first;
        uint32 from;
        uint32 to;
        uint32 enrolled;
        uint40 unbondedAt;
        uint64 nonce;
        uint128 stake;
    }

    /// @notice A leaf of a tree and the siblings on its way to the root, lowest first (SPEC section 5).
    struct Proof {
        bytes leaf;
        Node[] path;
    }

    // Events

    /// @notice An owner paid into its account.
    event Deposited(address indexed owner, uint128 amount);
    /// @notice An owner took coin out of its account.
    event Withdrawn(address indexed owner, uint128 amount);
    /// @notice A league exists; its terms never change.
    event LeagueCreated(LeagueId indexed league, address indexed creator, RulesId indexed rulesId, LeagueTerms terms);
    /// @notice Somebody paid into a league's purse.
    event Funded(LeagueId indexed league, address indexed from, uint128 amount);
    /// @notice An agent became a member with this stake, active from `from` on and before `to`.
    event Registered(
        LeagueId indexed league,
        uint32 indexed member,
        address indexed owner,
        AgentId agentId,
        CodeHash codeHash,
        uint128 stake,
        uint32 from,
        uint32 to
    );
    /// @notice A member paid for further rounds, up to `to`, which is not among them; it is active from `from` on.
    event Entered(LeagueId indexed league, uint32 indexed member, uint32 from, uint32 to);
    /// @notice A member's stake grew by `amount` after it was registered.
    event Staked(LeagueId indexed league, uint32 indexed member, uint128 amount);
    /// @notice A member asked for its stake back; it is active before `to` only, and `refunded` was paid back for entries.
    event Unbonded(LeagueId indexed league, uint32 indexed member, uint32 to, uint128 refunded);
    /// @notice A member's whole stake went back to its owner's account.
    event StakeWithdrawn(LeagueId indexed league, uint32 indexed member, uint128 amount);
    /// @notice Entries froze; the seed comes from the named value of the league's beacon. Where `beaconIndex` is 0, code may
    /// be demanded first, and `PublicationClosed` names the value.
    event RoundOpened(
        LeagueId indexed league, uint32 indexed round, uint32 memberCount, uint64 beaconIndex, uint128 reserved
    );
    /// @notice Somebody put up a bond for a member's code: the member is no entry of the round until it is shown.
    event CodeDemanded(
        LeagueId indexed league, uint32 indexed round, uint32 indexed member, CodeHash codeHash, address demander
    );
    /// @notice These are the bytes of a module, for everybody to have; nobody can demand them any more.
    event CodeShown(CodeHash indexed codeHash, address indexed shower, bytes code);
    /// @notice The code that was demanded was shown: the member is an entry of the round again, and the bond went to whoever
    /// showed it.
    event Readmitted(
        LeagueId indexed league, uint32 indexed round, uint32 indexed member, address shower, uint128 earned
    );
    /// @notice The code that was demanded was not shown in time: the demander has its bond back.
    event CodeBondReturned(
        LeagueId indexed league, uint32 indexed round, uint32 indexed member, address demander, uint128 amount
    );
    /// @notice The entries of the round are settled; the seed comes from the named value of the league's beacon.
    event PublicationClosed(LeagueId indexed league, uint32 indexed round, uint32 entryCount, uint64 beaconIndex);
    /// @notice The round's seed is known and claims are taken.
    event SeedDrawn(LeagueId indexed league, uint32 indexed round, RoundSeed seed);
    /// @notice The owner of a member claimed its scores, `kind` 0 in total, 1 for each match.
    event ClaimPosted(
        LeagueId indexed league,
        uint32 indexed round,
        uint32 indexed member,
        uint8 kind,
        int64[] scores,
        ClaimHash claimHash
    );
    /// @notice Somebody put up a bond for an outcome.
    event ResultAsserted(
        LeagueId indexed league,
        uint32 indexed round,
        uint32 indexed assertion,
        address asserter,
        uint32 entryCount,
        Node entriesRoot,
        Node matchesRoot,
        Node ranksRoot
    );
    /// @notice The court saw a proof that an assertion is wrong, or nobody answered a demand for what it hides.
    event AssertionKilled(
        LeagueId indexed league,
        uint32 indexed round,
        uint32 indexed assertion,
        address refuter,
        uint128 earned,
        uint128 burnt
    );
    /// @notice An assertion's bond went back to its asserter.
    event BondReturned(LeagueId indexed league, uint32 indexed round, uint32 indexed assertion, uint128 amount);
    /// @notice An assertion stood: it is the outcome of the round, and its asserter earned `earned`.
    event RoundFinal(LeagueId indexed league, uint32 indexed round, uint32 indexed assertion, uint128 earned);
    /// @notice The round has no outcome; its fees can be had back.
    event RoundVoid(LeagueId indexed league, uint32 indexed round, uint128 refunds);
    /// @notice A void round's entry price went back to the member's owner.
    event EntryRefunded(LeagueId indexed league, uint32 indexed round, uint32 indexed member, uint128 amount);
    /// @notice A rank's payout went to its member: to the owner's account, or to the stake.
    event PayoutClaimed(
        LeagueId indexed league, uint32 indexed round, uint32 indexed rank, uint32 member, uint128 amount, bool restaked
    );
    /// @notice A rank's payout went back to the purse, its member being disqualified or banned.
    event PayoutReturned(
        LeagueId indexed league, uint32 indexed round, uint32 indexed rank, uint32 member, uint128 amount
    );
    /// @notice A member lost its stake, for a false claim or for two actions in one step, and is banned.
    event Slashed(
        LeagueId indexed league,
        uint32 indexed round,
        uint32 indexed member,
        address reporter,
        uint128 earned,
        uint128 burnt
    );
    /// @notice A sponsor paid for registrations under a root, for `rounds` rounds each.
    event BatchProposed(
        LeagueId indexed league,
        uint32 indexed batch,
        address indexed sponsor,
        uint64 nonce,
        Node root,
        uint32 count,
        uint32 rounds
    );
    /// @notice Leaves of a proposed batch are demanded, those under a node; they are due until block `due`.
    event RegistrationsDemanded(
        LeagueId indexed league, uint32 indexed batch, uint8 height, uint32 position, address demander, uint40 due
    );
    /// @notice The leaves under a node were given, for each `length u16 ‖ bytes`, little-endian, with the node's path.
    event RegistrationsShown(
        LeagueId indexed league,
        uint32 indexed batch,
        uint8 height,
        uint32 position,
        address answerer,
        bytes leaves,
        bytes32[] path
    );
    /// @notice A batch was shown to be wrong, or leaves of it were not: nobody became a member by it.
    event BatchCancelled(LeagueId indexed league, uint32 indexed batch, address refuter, uint128 earned, uint128 burnt);
    /// @notice A sponsor took back what nobody had found wrong.
    event BatchWithdrawn(LeagueId indexed league, uint32 indexed batch);
    /// @notice The leaves of a batch became members, from number `first` on, active from `from` on and before `to`.
    event BatchAccepted(LeagueId indexed league, uint32 indexed batch, uint32 first, uint32 from, uint32 to);
    /// @notice The members of a batch that are not enrolled are paid for up to `to`, which is not among the rounds.
    event BatchRenewed(LeagueId indexed league, uint32 indexed batch, uint32 to);
    /// @notice The stakes of those of a batch that are not enrolled were asked back; they are active before `to` only.
    event BatchUnbonded(LeagueId indexed league, uint32 indexed batch, uint32 to, uint128 refunded);
    /// @notice The stakes of those of a batch that are not enrolled went back to the sponsor's account.
    event BatchStakesWithdrawn(LeagueId indexed league, uint32 indexed batch, uint128 amount);
    /// @notice A void round's entry prices of those of a batch that are not enrolled went back to the sponsor.
    event BatchRefunded(LeagueId indexed league, uint32 indexed round, uint32 indexed batch, uint128 amount);
    /// @notice A member of a batch has a record of its own from now on.
    event Enrolled(
        LeagueId indexed league,
        uint32 indexed member,
        address indexed owner,
        uint32 batch,
        AgentId agentId,
        CodeHash codeHash
    );

    // Errors

    /// @notice The coin does not fit the 128 bits of an amount.
    error AmountTooLarge(uint256 received, uint256 limit);
    /// @notice The account holds less than the call takes from it; deposit the difference.
    error BalanceTooLow(uint128 held, uint128 needed);
    /// @notice The payee did not accept the coin.
    error PaymentRefused(address payee, uint128 amount);
    /// @notice No such league.
    error UnknownLeague(LeagueId received, uint64 count);
    /// @notice A term is outside its range; `term` is its name.
    error TermOutOfRange(bytes32 term, uint256 received, uint256 least, uint256 most);
    /// @notice In a league of two seats, the matches of an entry come in pairs.
    error OddMatchCount(uint16 received);
    /// @notice A false claim would cost nothing: minimum stake or claim bond must be at least 1.
    error NothingToLose(uint128 minimumStake, uint128 claimBond);
    /// @notice There is no contract at the address; `term` is its name.
    error NoContract(bytes32 term, address received);
    /// @notice No such member.
    error UnknownMember(uint32 received, uint32 count);
    /// @notice The caller does not own the member.
    error NotOwner(address received, address expected);
    /// @notice The agent is a member already.
    error AlreadyMember(AgentId agentId, uint32 member);
    /// @notice The league takes no more members.
    error LeagueFull(uint32 limit);
    /// @notice The stake is below the required one.
    error StakeTooLow(uint128 received, uint128 required);
    /// @notice Entries are bought for at least one round and no more than `limit` ahead.
    error RoundsOutOfRange(uint256 received, uint256 limit);
    /// @notice The owner's entries in the round are as many as the league allows.
    error SlotsExhausted(uint32 round, uint32 needed, uint16 limit);
    /// @notice The owner's account and stakes do not carry so many entries.
    error CapitalTooLow(uint256 owned, uint256 needed);
    /// @notice The member was slashed.
    error MemberBanned(uint32 member);
    /// @notice The member asked for its stake back.
    error MemberUnbonding(uint32 member);
    /// @notice The member has not asked for its stake back.
    error MemberNotUnbonding(uint32 member);
    /// @notice The round has to be over first.
    error RoundNotEnded(uint32 round);
    /// @notice The round is in another state.
    error WrongRoundStatus(RoundStatus received, RoundStatus expected);
    /// @notice It is too early; the call is possible from block `earliest` on.
    error TooEarly(uint256 blockNumber, uint256 earliest);
    /// @notice It is too late; the call was possible until block `latest`.
    error TooLate(uint256 blockNumber, uint256 latest);
    /// @notice Too few entries were bought to play a round, or are left to play it.
    error TooFewEntries(uint32 bought, uint8 needed);
    /// @notice Purse and fees do not cover the payouts; fund the difference.
    error PurseTooLow(uint128 held, uint128 needed);
    /// @notice The code is not the member's: its owner with this code is another agent.
    error CodeMismatch(AgentId received, AgentId expected);
    /// @notice The code was shown, and there is no demand that it would answer.
    error CodeKnown(CodeHash codeHash);
    /// @notice The code was not shown yet.
    error CodeUnknown(CodeHash codeHash);
    /// @notice The member's code was not demanded for the round, or the demand is settled.
    error CodeNotDemanded(uint32 member, uint32 round);
    /// @notice The beacon's value is not known yet.
    error SeedUnknown(uint64 beaconIndex);
    /// @notice The member is not active in the round.
    error NotActive(uint32 member, uint32 round);
    /// @notice The member has claimed its scores for the round.
    error AlreadyClaimed(uint32 member, uint32 round);
    /// @notice A claim's kind is 0 (total) or 1 (each match).
    error UnknownClaimKind(uint8 received);
    /// @notice A signed league takes no claims: its actions are vouched for one by one.
    error ClaimsNotTaken(LeagueId league);
    /// @notice The league is not signed, so its agents are no keys.
    error NotSigned(LeagueId league);
    /// @notice The two actions are one and the same.
    error NotEquivocal();
    /// @notice A league of two seats takes no claims of a total, only claims of each match.
    error TotalNotTaken(uint8 seats);
    /// @notice A claim has one score, or one for each match.
    error ScoreCountMismatch(uint256 received, uint256 expected);
    /// @notice A signature is `r ‖ s ‖ v`, 65 bytes, with `s` in the lower half of the order and `v` 27 or 28.
    error MalformedSignature();
    /// @notice Somebody else signed, or something else was signed.
    error WrongSigner(address received, address expected);
    /// @notice There are more entries than members.
    error TooManyEntries(uint32 received, uint32 limit);
    /// @notice Only the court and the demands contract kill assertions.
    error NotCourt(address received, address expected);
    /// @notice Only the demands contract opens and settles demands.
    error NotDemands(address received, address expected);
    /// @notice The assertion's bond is no longer held, or never was.
    error AssertionNotLive(uint32 assertion, AssertionStatus status);
    /// @notice An earlier assertion still stands.
    error EarlierAssertionLive(uint32 earlier);
    /// @notice An assertion still stands, so the round can have an outcome.
    error AssertionLive(uint32 assertion);
    /// @notice The member has no entry price to be had back for the round.
    error NoRefund(uint32 member, uint32 round);
    /// @notice The rank earns nothing.
    error RankOutOfRange(uint32 received, uint32 count);
    /// @notice The rank was paid.
    error AlreadyPaid(uint32 rank);
    /// @notice The entry's leaf names an agent that is not the member's.
    error AgentMismatch(AgentId received, AgentId expected);
    /// @notice The entry was not disqualified.
    error NotDisqualified(uint32 member);
    /// @notice A batch has members.
    error EmptyBatch();
    /// @notice The batch is in another state, or there is none of that number.
    error WrongBatchStatus(BatchStatus received, BatchStatus expected);
    /// @notice Leaves of the batch are demanded and not given yet.
    error DemandsOpen(uint32 count);
    /// @notice Leaves are demanded by the node five levels above them, or the root of a lower tree; of nodes without
    /// leaves only the highest ones, no lower than that, can be.
    error NotDemandable(uint8 height, uint32 position);
    /// @notice These leaves were demanded already.
    error RegistrationsAlreadyDemanded(uint8 height, uint32 position);
    /// @notice No demand for these leaves is open.
    error RegistrationsNotDemanded(uint8 height, uint32 position);
    /// @notice The leaves given have another length together than they say.
    error RegistrationsLengthMismatch(uint256 received, uint256 expected);
    /// @notice What was shown of the batch is as it should be.
    error NothingWrongInBatch();
    /// @notice The member has a record of its own.
    error AlreadyEnrolled(uint32 member);
    /// @notice The member is one of a batch and has to be enrolled first.
    error NotEnrolled(uint32 member);
    /// @notice The member's stake is its sponsor's, and takes no payouts.
    error StakeOfSponsor(uint32 member, address sponsor);
    /// @notice The batch was not active in the round before the next: its members can be renewed one by one.
    error BatchPaused(uint32 to, uint32 next);
}
