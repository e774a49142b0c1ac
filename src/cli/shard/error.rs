//! What goes wrong with a run that several processes share.

use time::OffsetDateTime;

use crate::model::Shard;
use crate::model::shard::InvalidShard;
use crate::store::StoreError;

/// Why a shard could not do its part.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// It is no shard.
    #[error(transparent)]
    Invalid(InvalidShard),
    /// The number of shards is none.
    #[error("`{0}` is no number of shards")]
    Count(String),
    /// It was said twice which shard it is.
    #[error("both --shard and --shards say which shard this is")]
    Twice,
    /// Nobody says which of the shards it is.
    #[error("nothing says which of the {0} shards this is: JOB_COMPLETION_INDEX is not set")]
    NoIndex(usize),
    /// Nobody says how many there are.
    #[error("JOB_COMPLETION_INDEX is {0}, and nothing says into how many shards the fleet is cut")]
    NoCount(String),
    /// Nobody says which run it belongs to.
    #[error("nothing says which run this shard belongs to")]
    NoSet,
    /// The name of the set can't be used.
    #[error(
        "`{0}` can't be the name of a set of shards: it has letters, digits and any of . _ : + - alone, at most 128, and \
         begins with a letter or digit"
    )]
    SetName(String),
    /// A service does not share its rounds.
    #[error("`run` is one process and shares its rounds with no other")]
    Service,
    /// Canaries are sent by one process.
    #[error("`sound` is one process: each shard would send a canary down every pipeline of the fleet")]
    Sound,
    /// The fleet keeps nothing.
    #[error("shards meet in the fleet's store, and the fleet file says `store: none`")]
    NoStore,
    /// The store does not work.
    #[error("the store in which shards meet can't be used")]
    Store(#[source] StoreError),
    /// The others do something else.
    #[error("set {set} is {theirs}, and this shard was asked to {ours}")]
    OtherTerms {
        /// The set's name.
        set: String,
        /// What the first shard was asked for.
        theirs: String,
        /// What this one was.
        ours: String,
    },
    /// The others are of another version.
    #[error("set {set} was begun by version {theirs} of Foghorn, and this shard is of version {ours}")]
    OtherVersion {
        /// The set's name.
        set: String,
        /// The first shard's version.
        theirs: String,
        /// This one's.
        ours: String,
    },
    /// The others read another fleet file.
    #[error("set {0} was begun with another fleet file, which said something else than this shard's does")]
    OtherFleet(String),
    /// The run was told already.
    #[error("set {set} was merged at {} as run {run} already", shown(*.at))]
    Merged {
        /// The set's name.
        set: String,
        /// The run.
        run: String,
        /// When.
        at: OffsetDateTime,
    },
    /// The set is a day old.
    #[error("set {set} was begun at {} and never merged: that is another run", shown(*.begun_at))]
    Old {
        /// The set's name.
        set: String,
        /// When it was begun.
        begun_at: OffsetDateTime,
    },
    /// The others did not wait so long.
    #[error("shard {shard} was late: run {run} was reported without its part")]
    Late {
        /// The shard.
        shard: Shard,
        /// The run.
        run: String,
    },
    /// It was told to stop, or lost the lock, in the middle of its part.
    #[error("shard {0} was stopped before it was done, so that its part was not handed in")]
    Stopped(Shard),
    /// It was told to stop while it waited.
    #[error("shard {0} was stopped before its run was reported; its part is handed in")]
    StoppedWaiting(Shard),
}

impl ShardError {
    /// What the person at the terminal can do next.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Invalid(_) | Self::Count(_) | Self::Twice => {
                "say either --shard 0/8 to --shard 7/8, or --shards 8 in an Indexed Job of eight"
            }
            Self::NoIndex(_) => "say --shard INDEX/COUNT, or run it in an Indexed Job of Kubernetes",
            Self::NoCount(_) => {
                "say --shards with the Job's completions, or --shards 1 if this pod is to do the whole fleet"
            }
            Self::NoSet => {
                "say --shard-set with a text that is the same for all shards of this run and for no other run, the \
                 Job's name say"
            }
            Self::SetName(_) => "name it after the Job or after the time at which the run was due",
            Self::Service => "leave out the shards, or run `apply` on a schedule in their place",
            Self::Sound => {
                "start it once, without FOGHORN_SHARD, FOGHORN_SHARDS and JOB_COMPLETION_INDEX (in a Job: not Indexed)"
            }
            Self::NoStore => "say under spec.store where all shards can reach it, s3://bucket/prefix say",
            Self::Store(_) => "look at spec.store of the fleet file",
            Self::OtherTerms { .. } => {
                "start all shards of a set in the same way, and give each run a set of its own"
            }
            Self::OtherVersion { .. } | Self::OtherFleet(_) => {
                "leave what changed meanwhile to the next run, and start all shards of a set with the same file and version"
            }
            Self::Merged { .. } | Self::Old { .. } => "give each run a set of its own with --shard-set",
            Self::Late { .. } => {
                "the next run looks at these accounts again; a longer --shard-wait would have waited"
            }
            Self::Stopped(_) => "start the shard again, or leave its accounts to the next run",
            Self::StoppedWaiting(_) => {
                "start the shard again, unless others of its set still run: it only waits and merges"
            }
        }
    }
}

fn shown(time: OffsetDateTime) -> String {
    humantime::format_rfc3339_seconds(time.into()).to_string()
}
