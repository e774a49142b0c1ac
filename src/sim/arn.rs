//! Amazon Resource Names, taken apart.

/// The parts of an ARN after its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart; `None` if the text is none.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" || !parts.next()?.starts_with("aws") {
            return None;
        }
        let arn = Self {
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        };
        (!arn.service.is_empty() && !arn.resource.is_empty()).then_some(arn)
    }

    /// The resource of an ARN of one service in one account and Region.
    pub(crate) fn resource_of(text: &'a str, service: &str, account: &str, region: &str) -> Option<&'a str> {
        let arn = Self::parse(text)?;
        (arn.service == service && arn.account == account && arn.region == region).then_some(arn.resource)
    }
}

#[cfg(test)]
mod tests {
    use super::Arn;

    #[test]
    fn an_arn_keeps_the_colons_of_its_resource() {
        let arn = Arn::parse("arn:aws:cloudwatch:us-east-1:111122223333:alarm:web").expect("an ARN");
        assert_eq!((arn.service, arn.region, arn.resource), ("cloudwatch", "us-east-1", "alarm:web"));
    }

    #[test]
    fn what_lacks_a_part_is_no_arn() {
        for text in [
            "",
            "topic",
            "arn:aws:sns:us-east-1:111122223333",
            "arn:aws:sns:us-east-1:111122223333:",
            "x:aws:a:b:c:d",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}
