// SPDX-License-Identifier: MIT OR Apache-2.0
//! One sample of each ROW, as a line of JSON each; names are those of our rows behind
//! `reference/`. The number of threads is what RAYON_NUM_THREADS says, and rows that differ in it
//! are run by two processes.
//!
//!     reference-bench SUITE THREADS ROW...

use aion_context::crypto::{SigningKey, VerifyingKey};
use aion_context::key_registry::KeyRegistry;
use aion_context::operations::{
    commit_version, init_file, verify_file, CommitOptions, InitOptions,
};
use aion_context::transparency_log::{verify_inclusion_proof, LogEntryKind, TransparencyLog};
use aion_context::types::AuthorId;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const SAMPLE: Duration = Duration::from_millis(200);

/// A directory that goes away, a key, and a registry that trusts it.
struct Place {
    directory: PathBuf,
    file: PathBuf,
    key: SigningKey,
    author: AuthorId,
    registry: KeyRegistry,
}

impl Place {
    fn new() -> Self {
        let directory = std::env::temp_dir().join(format!("reference-bench-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        let key = SigningKey::generate();
        let author = AuthorId::new(1001);
        let mut registry = KeyRegistry::new();
        registry
            .register_author(author, key.verifying_key(), key.verifying_key(), 0)
            .expect("a registry");
        let file = directory.join("policy.aion");
        Self { directory, file, key, author, registry }
    }

    fn create(&self, payload: &[u8]) {
        let options = InitOptions {
            author_id: self.author,
            signing_key: &self.key,
            message: "first",
            timestamp: None,
        };
        init_file(&self.file, payload, &options).expect("a new file");
    }

    fn create_anew(&self, payload: &[u8]) {
        let _ = std::fs::remove_file(&self.file);
        self.create(payload);
    }

    fn commit(&self, payload: &[u8]) {
        let options = CommitOptions {
            author_id: self.author,
            signing_key: &self.key,
            message: "change",
            timestamp: None,
        };
        commit_version(&self.file, payload, &options, &self.registry).expect("a commit");
    }

    fn verify(&self) {
        let report = verify_file(black_box(&self.file), &self.registry).expect("a verdict");
        assert!(report.is_valid);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Whether a row is among those that were asked for.
fn is_wanted(name: &str) -> bool {
    std::env::args().skip(3).any(|row| row == name)
}

/// Runs `work` for a while, each time after `prepare`, which is not measured.
fn sample(name: &str, prepare: impl FnMut(), work: impl FnMut()) {
    sample_as(&[name], prepare, work);
}

/// The same for rows of ours that are one to the reference: it is run once for all of them.
fn sample_as(names: &[&str], mut prepare: impl FnMut(), mut work: impl FnMut()) {
    if !names.iter().any(|name| is_wanted(name)) {
        return;
    }
    let mut took = Duration::ZERO;
    let mut runs = 0;
    while took < SAMPLE {
        prepare();
        let start = Instant::now();
        work();
        took += start.elapsed();
        runs += 1;
    }
    for name in names.iter().filter(|name| is_wanted(name)) {
        println!(
            "{{\"run_name\": \"{name}\", \"name\": \"{name}\", \"run_type\": \"iteration\", \
             \"time_unit\": \"ns\", \"iterations\": {runs}, \"real_time\": {}}}",
            took.as_nanos() as f64 / f64::from(runs)
        );
    }
}

fn writing(place: &Place) {
    for size in [10 << 10, 1 << 20] {
        let payload = vec![0x61; size];
        let name = format!("reference/create_new/bytes:{size}/sync:0");
        let remove = || drop(std::fs::remove_file(&place.file));
        sample(&name, remove, || place.create(&payload));
    }
    let payload = vec![0x61; 1 << 10];
    let fresh = || place.create_anew(&payload);
    sample("reference/commit_small/sync:0", fresh, || place.commit(&payload));
    let small = vec![0x61; 64];
    // It has no cache of histories, so what ours does with and without one is the same to it.
    let chain = [
        "reference/chain_by_single_commits/history_cache:1",
        "reference/chain_by_single_commits/history_cache:0",
    ];
    let commits = || (1..1000).for_each(|_| place.commit(&small));
    sample_as(&chain, || place.create_anew(&small), commits);
}

fn verifying(place: &Place, threads: u32, versions: &[u32]) {
    let payload = vec![0x61; 1 << 10];
    for &count in versions {
        let name = format!("reference/verify_file/versions:{count}/payload:1024/threads:{threads}");
        if !is_wanted(&name) {
            continue; // A long chain takes long to make, too.
        }
        place.create_anew(&payload);
        (1..count).for_each(|_| place.commit(&payload));
        sample(&name, || (), || place.verify());
    }
}

/// A key that is decoded for its one signature, every time another.
fn signatures() {
    let message = [0x61_u8; 128];
    let signed: Vec<([u8; 32], [u8; 64])> = (0..1000)
        .map(|_| {
            let key = SigningKey::generate();
            (key.verifying_key().to_bytes(), key.sign(&message))
        })
        .collect();
    let mut turn = signed.iter().cycle();
    sample("verify/reference/distinct_keys", || (), || {
        let (key, signature) = turn.next().expect("a cycle");
        let key = VerifyingKey::from_bytes(black_box(key)).expect("a key");
        key.verify(black_box(&message), signature).expect("a valid signature");
    });
}

/// A log of so many entries, each as long as a logged version of ours and unlike the others.
fn log_of(entries: u64) -> TransparencyLog {
    let mut log = TransparencyLog::new();
    let mut payload = [0_u8; 88];
    for number in 0..entries {
        payload[..8].copy_from_slice(&number.to_le_bytes());
        log.append(LogEntryKind::VersionAttestation, &payload, number).expect("an entry");
    }
    log
}

/// Its log is in memory, and has the BLAKE3 tree only.
fn transparency_log() {
    for (size, entries) in [("10k", 10_000), ("100k", 100_000), ("1M", 1_000_000)] {
        let [append, prove, verify] = ["append", "prove", "verify"]
            .map(|work| format!("reference/tlog/{work}/blake3/{size}"));
        sample(&append, || (), || drop(black_box(log_of(entries).root_hash())));
        if !is_wanted(&prove) && !is_wanted(&verify) {
            continue; // A log takes long to make, too.
        }
        let log = log_of(entries);
        let root = log.root_hash();
        let mut index = 0;
        sample(&prove, || (), || {
            index = (index + 382_121) % entries;
            black_box(log.inclusion_proof(index).expect("a proof"));
        });
        let index = entries / 2;
        let leaf = log.leaf_hash_at(index).expect("a leaf");
        let path = log.inclusion_proof(index).expect("a proof").audit_path;
        sample(&verify, || (), || {
            verify_inclusion_proof(black_box(leaf), index, entries, black_box(&path), root)
                .expect("a valid proof");
        });
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["crypto_verify", "1", ..] => signatures(),
        ["tlog", "1", ..] => transparency_log(),
        ["files", "1", ..] => {
            let place = Place::new();
            writing(&place);
            verifying(&place, 1, &[1, 10, 1000]);
        }
        ["files", "2", ..] => verifying(&Place::new(), 2, &[1000]),
        _ => {}
    }
}
