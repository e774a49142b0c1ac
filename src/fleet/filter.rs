//! The part of a fleet that one run is about.

use super::glob::glob;
use super::nearest::nearest;
use super::spec::{Fleet, Pipeline};
use crate::model::Account;

/// The part of a fleet that one run is about. An empty list: everything. In
/// each, `*` stands for any text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Accounts, by id or name.
    pub accounts: Vec<String>,
    /// Regions, by name.
    pub regions: Vec<String>,
    /// Pipelines, by name.
    pub pipelines: Vec<String>,
}

/// What a filter chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// Accounts of the fleet.
    Account,
    /// Regions of the accounts that were chosen.
    Region,
    /// Pipelines of the fleet.
    Pipeline,
}

impl Chosen {
    fn described(self) -> &'static str {
        match self {
            Self::Account => "account of the fleet",
            Self::Region => "Region of the accounts chosen",
            Self::Pipeline => "pipeline of the fleet",
        }
    }
}

/// A filter that nothing matches, which is more likely a slip than a wish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {} matches `{pattern}`{}", .chosen.described(), hint(.nearest.as_deref()))]
pub struct NothingMatches {
    /// What was to be chosen.
    pub chosen: Chosen,
    /// What was asked for.
    pub pattern: String,
    /// What was probably meant.
    pub nearest: Option<String>,
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default()
}

impl Filter {
    /// The accounts that are chosen, each with those of its Regions that are.
    ///
    /// # Errors
    /// If a pattern matches nothing.
    pub fn accounts(&self, accounts: Vec<Account>) -> Result<Vec<Account>, NothingMatches> {
        let names = |account: &Account| [account.id.to_string(), account.name.clone()];
        let known = accounts.iter().flat_map(names).collect::<Vec<_>>();
        check(Chosen::Account, &self.accounts, known.iter().map(String::as_str))?;
        let mut chosen = accounts;
        chosen.retain(|account| names(account).iter().any(|name| matches(&self.accounts, name)));
        let regions = chosen.iter().flat_map(|account| &account.regions).map(|region| region.as_str());
        check(Chosen::Region, &self.regions, regions)?;
        for account in &mut chosen {
            account.regions.retain(|region| matches(&self.regions, region.as_str()));
        }
        chosen.retain(|account| !account.regions.is_empty());
        Ok(chosen)
    }

    /// The pipelines that are chosen, in the order of the file.
    ///
    /// # Errors
    /// If a pattern matches nothing.
    pub fn pipelines<'a>(&self, fleet: &'a Fleet) -> Result<Vec<&'a Pipeline>, NothingMatches> {
        let pipelines = &fleet.spec.pipelines;
        check(Chosen::Pipeline, &self.pipelines, pipelines.iter().map(|pipeline| pipeline.name.as_str()))?;
        Ok(pipelines.iter().filter(|pipeline| matches(&self.pipelines, &pipeline.name)).collect())
    }
}

fn matches(patterns: &[String], name: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| glob(pattern, name))
}

/// Refuses a pattern that matches none of the known names.
fn check<'a>(
    chosen: Chosen,
    patterns: &[String],
    known: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), NothingMatches> {
    let idle = patterns.iter().find(|pattern| !known.clone().any(|name| glob(pattern, name)));
    idle.map_or(Ok(()), |pattern| {
        let nearest = nearest(pattern, known).map(str::to_owned);
        Err(NothingMatches { chosen, pattern: pattern.clone(), nearest })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{examples, parse};

    fn chosen(pattern: &str) -> Result<Vec<String>, String> {
        let (name, text) = examples::ORGANISATION;
        let fleet = parse(text, name, time::macros::date!(2026 - 11 - 21)).expect("a good fleet").fleet;
        let filter = Filter { pipelines: vec![pattern.to_owned()], ..Filter::default() };
        let pipelines = filter.pipelines(&fleet).map_err(|error| error.to_string())?;
        Ok(pipelines.into_iter().map(|pipeline| pipeline.name.clone()).collect())
    }

    #[test]
    fn pipelines_are_chosen_by_name_or_glob_in_the_order_of_the_file() {
        assert_eq!(chosen("dev"), Ok(vec!["dev".to_owned()]));
        assert_eq!(chosen("*d*"), Ok(vec!["prod".to_owned(), "dev".to_owned()]));
    }

    #[test]
    fn a_pipeline_that_there_is_not_is_refused_with_the_nearest() {
        let message = "no pipeline of the fleet matches `prd`: did you mean `prod`?";
        assert_eq!(chosen("prd"), Err(message.to_owned()));
    }
}
