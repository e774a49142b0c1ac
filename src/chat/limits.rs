//! How much a room takes. A message keeps all of these.

/// Slack: blocks of a message ("Blocks", reference).
pub const SLACK_BLOCKS: usize = 50;

/// Slack: characters of a header block's text ("Header block", reference).
pub const SLACK_HEADER: usize = 150;

/// Slack: characters of a section block's text ("Section block", reference).
pub const SLACK_SECTION: usize = 3000;

/// Slack: fields of a section block ("Section block", reference).
pub const SLACK_FIELDS: usize = 10;

/// Slack: characters of one field ("Section block", reference).
pub const SLACK_FIELD: usize = 2000;

/// Slack: elements of a context block ("Context block", reference).
pub const SLACK_CONTEXT: usize = 10;

/// Slack: characters of all blocks together. Not in the reference: beyond about
/// 13,200 Slack answers `msg_blocks_too_long` though each block keeps its own
/// limit (issue 2509 of slackapi/bolt-js). Whether the JSON around the texts
/// counts is unknown, so it is counted.
pub const SLACK_ALL_BLOCKS: usize = 13_000;

/// Slack: characters of the text that stands in for the blocks
/// ("chat.postMessage", truncating content).
pub const SLACK_TEXT: usize = 40_000;

/// Google Chat: bytes of a message, cards included ("spaces.messages.create").
pub const GOOGLE_CHAT_BYTES: usize = 32_000;

/// Google Chat: widgets of a card's section ("Card", REST reference); more are
/// not shown.
pub const GOOGLE_CHAT_WIDGETS: usize = 100;

/// Google Chat: characters of a thread's key ("Thread", REST reference).
pub const GOOGLE_CHAT_THREAD_KEY: usize = 4000;

/// Teams: bytes of a message; beyond about 28 KB it answers 413 ("Create an
/// Incoming Webhook", Microsoft Teams).
pub const TEAMS_BYTES: usize = 28_000;

/// AWS Chatbot: characters of a custom notification's title, and of its
/// description ("Custom notifications", AWS Chatbot administrator guide).
pub const CHATBOT_TITLE: usize = 250;

/// See [`CHATBOT_TITLE`].
pub const CHATBOT_DESCRIPTION: usize = 8000;
