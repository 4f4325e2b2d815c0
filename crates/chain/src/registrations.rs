//! What owners sign to become members with a sponsor's batch, and what is wrong with a batch.

use std::thread;

use alloy_primitives::{Address, B256, Signature, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use nets_core::{Digest, PathError};
use nets_league::{Registration, RegistrationBatch, SIGNATURE_BYTES};

use crate::bindings::IArena;
use crate::signer::{Signer, SignerError};

/// The batch that registrations are signed for: one of one sponsor's, on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchDomain {
    /// The chain's id.
    pub chain_id: u64,
    /// The arena contract.
    pub arena: Address,
    /// The league.
    pub league: u64,
    /// Who pays.
    pub sponsor: Address,
    /// How many batches it had proposed in the league before.
    pub nonce: u64,
}

/// The first thing that is wrong with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchFault {
    /// Its owner did not sign this registration.
    Unsigned(u32),
    /// The agent of this registration is not before the next one's.
    Disorder(u32),
}

impl BatchDomain {
    /// What an owner signs (EIP-712).
    pub fn digest(&self, code_hash: &Digest) -> B256 {
        let domain = keccak256(
            (
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,\
                     address verifyingContract)",
                ),
                keccak256("nets"),
                keccak256("1"),
                self.chain_id,
                self.arena,
            )
                .abi_encode(),
        );
        let registration = keccak256(
            (
                keccak256(
                    "Registration(uint64 league,address sponsor,uint64 nonce,bytes32 codeHash)",
                ),
                self.league,
                self.sponsor,
                self.nonce,
                B256::new(code_hash.0),
            )
                .abi_encode(),
        );
        keccak256([&[0x19, 0x01], domain.as_slice(), registration.as_slice()].concat())
    }

    /// The registration of an agent with this module by its owner.
    ///
    /// # Errors
    /// When the owner does not sign.
    pub fn sign(&self, owner: &dyn Signer, code_hash: Digest) -> Result<Registration, SignerError> {
        let signature = owner.sign(&self.digest(&code_hash))?;
        Ok(Registration { owner: owner.address(), code_hash, signature: signature.as_bytes() })
    }

    /// Whether the owner signed a registration, in the one form that is taken.
    pub fn is_signed(&self, registration: &Registration) -> bool {
        let digest = self.digest(&registration.code_hash);
        signer_of(&digest, &registration.signature)
            .is_some_and(|signer| signer.into_array() == registration.owner.0)
    }

    /// The first thing wrong with a batch; none where it will stand. So many threads check
    /// signatures, which is what takes time.
    pub fn fault(&self, batch: &RegistrationBatch, threads: usize) -> Option<BatchFault> {
        let registrations = batch.registrations();
        let share = registrations.len().div_ceil(threads.max(1)).max(1);
        let unsigned = thread::scope(|scope| {
            let first_unsigned = |(start, share): (u32, &'_ [Registration])| {
                let found = share.iter().position(|registration| !self.is_signed(registration));
                found.map(|index| start + index as u32)
            };
            let shares = (0..).step_by(share).zip(registrations.chunks(share));
            let shares: Vec<_> =
                shares.map(|share| scope.spawn(move || first_unsigned(share))).collect();
            // A thread that panics is a fault of this program, which must not look like a batch's.
            let found = shares.into_iter().map(|it| it.join().unwrap_or_else(resume));
            found.collect::<Vec<_>>()
        });
        let unsigned = unsigned.into_iter().flatten().min().map(BatchFault::Unsigned);
        unsigned.or_else(|| batch.first_disorder().map(BatchFault::Disorder))
    }
}

fn resume<T>(panic: Box<dyn std::any::Any + Send>) -> T {
    std::panic::resume_unwind(panic)
}

fn signer_of(digest: &B256, signature: &[u8; SIGNATURE_BYTES]) -> Option<Address> {
    // Of the two forms of a signature and the ways to write its parity, the contract takes one.
    let is_odd = match signature[64] {
        27 => false,
        28 => true,
        _ => return None,
    };
    let signature = Signature::from_bytes_and_parity(&signature[..64], is_odd);
    if signature.normalize_s().is_some() {
        return None;
    }
    signature.recover_address_from_prehash(digest).ok()
}

impl BatchFault {
    /// The bytes of the call of the arena that shows it.
    ///
    /// # Errors
    /// When the batch has no such registration.
    pub fn refutation(
        self,
        league: u64,
        number: u32,
        batch: &RegistrationBatch,
    ) -> Result<Vec<u8>, PathError> {
        Ok(match self {
            Self::Unsigned(index) => IArena::refuteRegistrationCall {
                league,
                batch: number,
                index,
                registration: registration_proof(batch, index)?,
            }
            .abi_encode(),
            Self::Disorder(index) => IArena::refuteRegistrationOrderCall {
                league,
                batch: number,
                index,
                registration: registration_proof(batch, index)?,
                next: registration_proof(batch, index + 1)?,
            }
            .abi_encode(),
        })
    }
}

/// A registration with its path, as the arena takes it.
///
/// # Errors
/// When the batch has no such registration.
pub fn registration_proof(
    batch: &RegistrationBatch,
    index: u32,
) -> Result<IArena::Proof, PathError> {
    let path = batch.path(index)?.into_iter().map(|sibling| B256::new(sibling.0)).collect();
    let leaf = batch.registrations()[index as usize].encode().into();
    Ok(IArena::Proof { leaf, path })
}
