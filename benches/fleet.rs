//! How fast a fleet is planned, and at what cost: the release binary against a
//! simulator in a process of its own.
//!
//! `cargo bench --bench fleet` prints one line a case. The calls are those of the
//! report; the processor time and the peak of memory are read from `/proc` while
//! the binary runs, so this measures on Linux only. Where several processes share
//! a run, the time of the processor is that of all of them, and the memory that of
//! the one that needs most.
//!
//! `cargo bench --bench fleet -- scaling` measures a large organisation in place
//! of small ones, by one process and by several. FOGHORN_BENCH_ACCOUNTS makes it
//! smaller.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use foghorn::sim::seed::Seed;
use foghorn::sim::serve::{Options, serve};
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};

const REGIONS: [&str; 4] = ["ap-northeast-2", "eu-west-1", "us-east-1", "us-west-2"];
/// Tells this program, when it starts itself, to be the simulator.
const SIMULATOR: &str = "FOGHORN_BENCH_SIMULATOR";
/// Says how many accounts a large organisation has.
const ACCOUNTS: &str = "FOGHORN_BENCH_ACCOUNTS";
/// Linux counts processor time in hundredths of a second (proc(5), USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// One measurement.
#[derive(Clone, Copy)]
struct Case {
    accounts: usize,
    regions: usize,
    clusters: usize,
    services: usize,
    latency_milliseconds: u64,
    events_per_service: usize,
    /// How many processes share the run.
    shards: usize,
}

/// Five clusters of twenty services an account and Region.
const SMALL: Case = Case {
    accounts: 8,
    regions: 3,
    clusters: 5,
    services: 20,
    latency_milliseconds: 30,
    events_per_service: 0,
    shards: 1,
};

const CASES: [Case; 4] = [
    SMALL,
    Case { accounts: 80, ..SMALL },
    Case { accounts: 800, ..SMALL },
    Case { events_per_service: 100, ..SMALL },
];

/// A cluster of five services an account and Region.
const LARGE: Case = Case { accounts: 10_000, regions: 4, clusters: 1, services: 5, ..SMALL };

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(case) = std::env::var(SIMULATOR) {
        return simulate(&case);
    }
    println!("accounts Regions events/service shards  calls   wall s   CPU s  peak MiB  exit");
    if std::env::args().any(|argument| argument == "scaling") {
        let accounts = std::env::var(ACCOUNTS).ok().map(|number| number.parse()).transpose()?;
        let accounts = accounts.unwrap_or(LARGE.accounts);
        return [1, 2, 4, 8].into_iter().try_for_each(|shards| measure(Case { accounts, shards, ..LARGE }));
    }
    CASES.iter().try_for_each(|case| measure(*case))
}

fn measure(case: Case) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let fleet = folder.path().join("fleet.yaml");
    std::fs::write(&fleet, fleet_file(case))?;
    let Case { accounts, regions, clusters, services, latency_milliseconds, events_per_service, .. } = case;
    let numbers =
        format!("{accounts} {regions} {clusters} {services} {latency_milliseconds} {events_per_service}");
    let mut simulator =
        Command::new(std::env::current_exe()?).env(SIMULATOR, numbers).stdout(Stdio::piped()).spawn()?;
    let measured = measure_against(&mut simulator, &fleet, case);
    simulator.kill()?;
    simulator.wait()?;
    measured
}

fn measure_against(simulator: &mut Child, fleet: &Path, case: Case) -> Result<(), Box<dyn Error>> {
    let mut url = String::new();
    BufReader::new(simulator.stdout.take().ok_or("no output")?).read_line(&mut url)?;
    let begun = Instant::now();
    let mut processes = (0..case.shards)
        .map(|index| start(fleet, url.trim(), index, case.shards))
        .collect::<Result<Vec<Child>, Box<dyn Error>>>()?;
    let usage = watch(&mut processes)?;
    let wall = begun.elapsed();
    let report = reports(fleet, case.shards).find(|path| path.metadata().is_ok_and(|file| file.len() > 0));
    let report = std::fs::File::open(report.ok_or("no process reported")?)?;
    let report: serde_json::Value = serde_json::from_reader(BufReader::new(report))?;
    let codes = processes.iter_mut().map(|process| Ok(process.wait()?.code().unwrap_or(-1)));
    println!(
        "{:>8} {:>7} {:>14} {:>6} {:>6} {:>8.2} {:>7.2} {:>9.1}  {:>4}",
        case.accounts,
        case.regions,
        case.events_per_service,
        case.shards,
        report["summary"]["calls"]["total"],
        wall.as_secs_f64(),
        usage.processor_seconds,
        usage.peak_mebibytes,
        codes.collect::<Result<Vec<i32>, std::io::Error>>()?.into_iter().max().unwrap_or(-1),
    );
    Ok(())
}

/// Where the processes' reports are; only one of those that share a run has any.
fn reports(fleet: &Path, shards: usize) -> impl Iterator<Item = PathBuf> {
    (0..shards).map(|index| fleet.with_file_name(format!("report-{index}.json")))
}

fn start(fleet: &Path, url: &str, index: usize, shards: usize) -> Result<Child, Box<dyn Error>> {
    let report = reports(fleet, shards).nth(index).ok_or("no such shard")?;
    let mut foghorn = Command::new(env!("CARGO_BIN_EXE_foghorn"));
    foghorn
        .args(["plan", "--output", "json", "--file"])
        .arg(fleet)
        .current_dir(fleet.parent().ok_or("no folder")?)
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_REGION", "us-east-1")
        .stdout(std::fs::File::create(report)?);
    if shards > 1 {
        foghorn.args(["--shard-set", "bench", "--shard", &format!("{index}/{shards}")]);
    }
    Ok(foghorn.spawn()?)
}

/// What processes used until shortly before their end.
#[derive(Default, Clone, Copy)]
struct Usage {
    processor_seconds: f64,
    peak_mebibytes: f64,
}

fn watch(processes: &mut [Child]) -> Result<Usage, Box<dyn Error>> {
    let mut usages = vec![Usage::default(); processes.len()];
    loop {
        let mut running = false;
        for (process, usage) in processes.iter_mut().zip(&mut usages) {
            if process.try_wait()?.is_none() {
                running = true;
                *usage = read_usage(process.id()).unwrap_or(*usage);
            }
        }
        if !running {
            return Ok(Usage {
                processor_seconds: usages.iter().map(|usage| usage.processor_seconds).sum(),
                peak_mebibytes: usages.iter().map(|usage| usage.peak_mebibytes).fold(0.0, f64::max),
            });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn read_usage(process: u32) -> Option<Usage> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = peak.trim().trim_end_matches(" kB").parse().ok()?;
    Some(Usage { processor_seconds: ticks / TICKS_PER_SECOND, peak_mebibytes: kibibytes / 1024.0 })
}

fn fleet_file(case: Case) -> String {
    let accounts: Vec<String> = (0..case.accounts)
        .map(|index| format!("    - {{ id: \"{}\", name: account-{index} }}\n", Seed::account_id(index)))
        .collect();
    format!(
        "apiVersion: foghorn.dev/v1alpha1\nkind: Fleet\nmetadata: {{ name: bench }}\nspec:\n  access: {{ roleName: \
         foghorn }}\n  regions: [{}]\n  accounts:\n{}",
        REGIONS[..case.regions].join(", "),
        accounts.concat()
    )
}

/// Serves until it is killed.
fn simulate(case: &str) -> Result<(), Box<dyn Error>> {
    let numbers: Vec<u64> = case.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let [accounts, regions, clusters, services, latency, events] = numbers[..] else {
        return Err("six numbers".into());
    };
    let options = Options {
        port: 0,
        seed: Seed {
            accounts: usize::try_from(accounts)?,
            regions: REGIONS[..usize::try_from(regions)?].iter().map(|region| (*region).to_owned()).collect(),
            clusters: usize::try_from(clusters)?,
            services: usize::try_from(services)?,
            role: "foghorn".to_owned(),
            external_id: None,
        },
        bootstrapped: Vec::new(),
        latency: Duration::from_millis(latency),
        events_per_service: usize::try_from(events)?,
        disabled_regions: Vec::new(),
        empty_organization_pages: false,
        counts_only: true,
        throttled: false,
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let (_simulator, server) = serve(&options).await?;
        println!("{}", server.url());
        std::future::pending::<Result<(), Box<dyn Error>>>().await
    })
}
