//! The custom notification schema, as the page "Custom notifications" of the
//! AWS Chatbot administrator guide describes it.

use serde_json::{Map, Value};

/// The longest title, in characters.
pub const MAX_TITLE: usize = 250;
/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 8000;

/// A custom notification that Chatbot shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notification {
    /// The heading.
    pub title: Option<String>,
    /// The body, in the chat client's own markup.
    pub description: String,
    /// What to do, one step each.
    pub next_steps: Vec<String>,
    /// Words that the message is filed under.
    pub keywords: Vec<String>,
    /// Messages with the same thread id stand in one thread.
    pub thread_id: Option<String>,
    /// What the head of the thread says.
    pub summary: Option<String>,
    /// The resources that the message is about.
    pub related_resources: Vec<String>,
}

/// Why Chatbot drops a message in silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNotification {
    /// The message is no JSON object.
    #[error("message is not a JSON object")]
    NotAnObject,
    /// A member that must be there, or must have one value.
    #[error("member {0} is missing or not {1}")]
    Required(&'static str, &'static str),
    /// A member of the wrong type.
    #[error("member {0} is not {1}")]
    Type(String, &'static str),
    /// A text that is too long.
    #[error("member {0} is longer than {1} characters")]
    TooLong(&'static str, usize),
}

type Checked<T> = Result<T, InvalidNotification>;

impl Notification {
    /// Reads a message that has to follow the schema.
    ///
    /// # Errors
    /// The first thing that is not as the schema says.
    pub fn parse(text: &str) -> Checked<Self> {
        let message: Value = serde_json::from_str(text).map_err(|_| InvalidNotification::NotAnObject)?;
        let Value::Object(message) = message else { return Err(InvalidNotification::NotAnObject) };
        constant(&message, "version", "1.0")?;
        constant(&message, "source", "custom")?;
        optional_text(&message, "id")?;
        let content =
            section(&message, "content")?.ok_or(InvalidNotification::Required("content", "an object"))?;
        let metadata = section(&message, "metadata")?.cloned().unwrap_or_default();
        check_metadata(&metadata)?;
        check_text_type(content)?;
        Ok(Self {
            title: limited(optional_text(content, "title")?, "content.title", MAX_TITLE)?,
            description: description(content)?,
            next_steps: texts(content, "nextSteps")?,
            keywords: texts(content, "keywords")?,
            thread_id: optional_text(&metadata, "threadId")?,
            summary: optional_text(&metadata, "summary")?,
            related_resources: texts(&metadata, "relatedResources")?,
        })
    }
}

fn constant(message: &Map<String, Value>, name: &'static str, wanted: &'static str) -> Checked<()> {
    if message.get(name).is_some_and(|value| value == wanted) {
        return Ok(());
    }
    Err(InvalidNotification::Required(name, wanted))
}

fn section<'m>(message: &'m Map<String, Value>, name: &str) -> Checked<Option<&'m Map<String, Value>>> {
    match message.get(name) {
        None => Ok(None),
        Some(Value::Object(section)) => Ok(Some(section)),
        Some(_) => Err(InvalidNotification::Type(name.to_owned(), "an object")),
    }
}

fn optional_text(section: &Map<String, Value>, name: &str) -> Checked<Option<String>> {
    match section.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(InvalidNotification::Type(name.to_owned(), "a string")),
    }
}

fn limited(text: Option<String>, name: &'static str, longest: usize) -> Checked<Option<String>> {
    match text {
        Some(text) if text.chars().count() > longest => Err(InvalidNotification::TooLong(name, longest)),
        other => Ok(other),
    }
}

fn description(content: &Map<String, Value>) -> Checked<String> {
    let text = optional_text(content, "description")?.filter(|text| !text.is_empty());
    limited(text, "content.description", MAX_DESCRIPTION)?
        .ok_or(InvalidNotification::Required("content.description", "a text"))
}

fn texts(section: &Map<String, Value>, name: &str) -> Checked<Vec<String>> {
    let refusal = || InvalidNotification::Type(name.to_owned(), "an array of strings");
    match section.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => {
            values.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(refusal)).collect()
        }
        Some(_) => Err(refusal()),
    }
}

fn check_text_type(content: &Map<String, Value>) -> Checked<()> {
    match optional_text(content, "textType")?.as_deref() {
        None | Some("client-markdown") => Ok(()),
        Some(_) => Err(InvalidNotification::Type("content.textType".to_owned(), "client-markdown")),
    }
}

fn check_metadata(metadata: &Map<String, Value>) -> Checked<()> {
    optional_text(metadata, "eventType")?;
    if metadata.get("enableCustomActions").is_some_and(|value| !value.is_boolean()) {
        return Err(InvalidNotification::Type("enableCustomActions".to_owned(), "a boolean"));
    }
    let Some(context) = section(metadata, "additionalContext")? else { return Ok(()) };
    if context.values().all(Value::is_string) {
        return Ok(());
    }
    Err(InvalidNotification::Type("additionalContext".to_owned(), "a map of strings"))
}
