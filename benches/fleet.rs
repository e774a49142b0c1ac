//! How fast a fleet is planned, and at what cost: the release binary against a
//! simulator in a process of its own.
//!
//! `cargo bench` prints one line a case. The calls are those of the report; the
//! processor time and the peak of memory are read from `/proc` while the binary
//! runs, so this measures on Linux only.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use foghorn::sim::seed::Seed;
use foghorn::sim::serve::{Options, serve};
use foghorn::sim::simulator::{ACCESS_KEY, SECRET_KEY};

const REGIONS: [&str; 4] = ["ap-northeast-2", "eu-west-1", "us-east-1", "us-west-2"];
/// Tells this program, when it starts itself, to be the simulator.
const SIMULATOR: &str = "FOGHORN_BENCH_SIMULATOR";
/// Linux counts processor time in hundredths of a second (proc(5), USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// One measurement.
#[derive(Clone, Copy)]
struct Case {
    accounts: usize,
    regions: usize,
    latency_milliseconds: u64,
    events_per_service: usize,
}

const CASES: [Case; 4] = [
    Case { accounts: 8, regions: 3, latency_milliseconds: 30, events_per_service: 0 },
    Case { accounts: 80, regions: 3, latency_milliseconds: 30, events_per_service: 0 },
    Case { accounts: 800, regions: 3, latency_milliseconds: 30, events_per_service: 0 },
    Case { accounts: 8, regions: 3, latency_milliseconds: 30, events_per_service: 100 },
];

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(case) = std::env::var(SIMULATOR) {
        return simulate(&case);
    }
    println!("accounts Regions events/service  calls   wall s   CPU s  peak MiB  exit");
    CASES.iter().try_for_each(|case| measure(*case))
}

fn measure(case: Case) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let fleet = folder.path().join("fleet.yaml");
    std::fs::write(&fleet, fleet_file(case))?;
    let mut simulator = Command::new(std::env::current_exe()?)
        .env(
            SIMULATOR,
            format!(
                "{} {} {} {}",
                case.accounts, case.regions, case.latency_milliseconds, case.events_per_service
            ),
        )
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = measure_against(&mut simulator, &fleet, case);
    simulator.kill()?;
    simulator.wait()?;
    measured
}

fn measure_against(simulator: &mut Child, fleet: &Path, case: Case) -> Result<(), Box<dyn Error>> {
    let mut url = String::new();
    BufReader::new(simulator.stdout.take().ok_or("no output")?).read_line(&mut url)?;
    let report = fleet.with_file_name("report.json");
    let begun = Instant::now();
    let mut foghorn = Command::new(env!("CARGO_BIN_EXE_foghorn"))
        .args(["plan", "--output", "json", "--file"])
        .arg(fleet)
        .current_dir(fleet.parent().ok_or("no folder")?)
        .env("AWS_ENDPOINT_URL", url.trim())
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_REGION", "us-east-1")
        .stdout(std::fs::File::create(&report)?)
        .spawn()?;
    let usage = watch(&mut foghorn)?;
    let wall = begun.elapsed();
    let report: serde_json::Value = serde_json::from_reader(BufReader::new(std::fs::File::open(&report)?))?;
    println!(
        "{:>8} {:>7} {:>14} {:>6} {:>8.2} {:>7.2} {:>9.1}  {:>4}",
        case.accounts,
        case.regions,
        case.events_per_service,
        report["summary"]["calls"]["total"],
        wall.as_secs_f64(),
        usage.processor_seconds,
        usage.peak_mebibytes,
        foghorn.wait()?.code().unwrap_or(-1),
    );
    Ok(())
}

/// What a process used until shortly before its end.
#[derive(Default)]
struct Usage {
    processor_seconds: f64,
    peak_mebibytes: f64,
}

fn watch(process: &mut Child) -> Result<Usage, Box<dyn Error>> {
    let mut usage = Usage::default();
    while process.try_wait()?.is_none() {
        usage = read_usage(process.id()).unwrap_or(usage);
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(usage)
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
    let [accounts, regions, latency, events] = numbers[..] else { return Err("four numbers".into()) };
    let options = Options {
        port: 0,
        seed: Seed {
            accounts: usize::try_from(accounts)?,
            regions: REGIONS[..usize::try_from(regions)?].iter().map(|region| (*region).to_owned()).collect(),
            clusters: 5,
            services: 20,
            role: "foghorn".to_owned(),
            external_id: None,
        },
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
