//! Runs the invocations in the queue, for as long as a server runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::completion::{Failure, Run, complete};
use super::environment::Blueprint;
use super::instance::{Afterwards, Instance};
use super::queue::{self, Invocation, Manner};
use super::{code, function_mut, not_found};
use crate::sim::simulator::Simulator;

/// How many processes run at one time; the real service runs a thousand.
const AT_ONE_TIME: usize = 8;

/// What the runs share.
#[derive(Debug)]
struct Runner {
    simulator: Arc<Simulator>,
    /// Idle processes by the function's ARN, each with its revision.
    idle: Mutex<BTreeMap<String, Vec<(String, Instance)>>>,
    /// Unpacked zip files by their digest.
    unpacked: tokio::sync::Mutex<BTreeMap<String, Arc<TempDir>>>,
    places: Semaphore,
}

/// Runs invocations until `stopping` is cancelled, and then kills every process.
pub(crate) async fn run(simulator: Arc<Simulator>, stopping: CancellationToken) {
    let runner = Arc::new(Runner {
        simulator: Arc::clone(&simulator),
        idle: Mutex::default(),
        unpacked: tokio::sync::Mutex::default(),
        places: Semaphore::new(AT_ONE_TIME),
    });
    let mut tasks = JoinSet::new();
    loop {
        let invocation = tokio::select! {
            () = stopping.cancelled() => break,
            invocation = queue::next(&simulator) => invocation,
            Some(_) = tasks.join_next() => continue,
        };
        let runner = Arc::clone(&runner);
        tasks.spawn(async move { runner.follow(invocation).await });
    }
    tasks.shutdown().await;
    runner.stop().await;
    simulator.with_world(|world| world.functions.abandon());
}

impl Runner {
    /// Runs an invocation, and puts it back after a while if it is to be tried
    /// again.
    async fn follow(&self, mut invocation: Invocation) {
        let run = {
            // The semaphore is never closed.
            let _place = self.places.acquire().await;
            self.attempt(&invocation).await
        };
        let Some(run) = run else { return };
        let now = self.simulator.clock.now();
        let again = self.simulator.with_world(|world| complete(world, &invocation, &run, now));
        if let (Some(delay), Manner::Asynchronous { tries }) = (again, &mut invocation.manner) {
            *tries += 1;
            tokio::time::sleep(delay).await;
            self.simulator.with_world(|world| world.functions.again(invocation));
        }
    }

    /// One try; `None` if the function is gone.
    async fn attempt(&self, invocation: &Invocation) -> Option<Run> {
        let begun = Instant::now();
        let blueprint = match self.blueprint(invocation)? {
            Ok(blueprint) => blueprint,
            Err(failure) => {
                return Some(Run { outcome: Err(failure), lines: Vec::new(), duration: begun.elapsed() });
            }
        };
        let (outcome, lines) = match self.instance(&blueprint, &invocation.id).await {
            Ok(mut instance) => {
                let (outcome, afterwards) = instance.run(invocation).await;
                let lines = instance.written();
                match afterwards {
                    Afterwards::Warm => self.keep(blueprint, instance),
                    Afterwards::Dead => instance.stop().await,
                }
                (outcome, lines)
            }
            Err(failure) => (Err(failure), Vec::new()),
        };
        Some(Run { outcome, lines, duration: begun.elapsed() })
    }

    /// What the invocation's function is started from, unless it may not run.
    fn blueprint(&self, invocation: &Invocation) -> Option<Result<Blueprint, Failure>> {
        let now = self.simulator.clock.now();
        let arn = &invocation.function;
        self.simulator.with_world(|world| {
            let Some(function) = function_mut(world, arn).cloned() else {
                let waits = matches!(invocation.manner, Manner::Synchronous { .. });
                world.functions.finish(&invocation.id, waits.then(|| Err(not_found(arn))));
                return None;
            };
            if function.reserved_concurrency == Some(0) {
                return Some(Err(Failure::Throttled));
            }
            Some(Ok(Blueprint::of(world, arn, &function, now)))
        })
    }

    /// An idle process of the function's present revision, or a new one.
    async fn instance(&self, blueprint: &Blueprint, id: &str) -> Result<Instance, Failure> {
        let warm = self.warm(blueprint);
        match warm {
            Some(instance) => Ok(instance),
            None => Instance::start(blueprint, self.folder(blueprint, id).await?, id).await,
        }
    }

    fn warm(&self, blueprint: &Blueprint) -> Option<Instance> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let instances = idle.get_mut(&blueprint.function)?;
        instances.retain_mut(|(revision, instance)| *revision == blueprint.revision && instance.is_alive());
        instances.pop().map(|(_, instance)| instance)
    }

    fn keep(&self, blueprint: Blueprint, instance: Instance) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.entry(blueprint.function).or_default().push((blueprint.revision, instance));
    }

    /// The folder that holds the function's files.
    async fn folder(&self, blueprint: &Blueprint, id: &str) -> Result<Arc<TempDir>, Failure> {
        let mut unpacked = self.unpacked.lock().await;
        if let Some(folder) = unpacked.get(&blueprint.code_sha256) {
            return Ok(Arc::clone(folder));
        }
        let zip = Arc::clone(&blueprint.code);
        let unpacking = tokio::task::spawn_blocking(move || {
            let folder = TempDir::new().map_err(|error| error.to_string())?;
            code::unpack(&zip, folder.path()).map_err(|error| error.to_string())?;
            Ok(folder)
        });
        let folder: Result<TempDir, String> = unpacking.await.map_err(|error| error.to_string()).flatten();
        let folder = folder.map(Arc::new).map_err(|reason| {
            Failure::described("InvalidZipFileException", format!("RequestId: {id} Error: {reason}"))
        })?;
        unpacked.insert(blueprint.code_sha256.clone(), Arc::clone(&folder));
        Ok(folder)
    }

    async fn stop(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for (_, instance) in idle.into_values().flatten() {
            instance.stop().await;
        }
    }
}
