use time::macros::datetime;

use super::{Message, Rooms, page, render_room};

fn message(description: &str) -> Message {
    Message {
        at: datetime!(2026-11-20 10:00:00 UTC),
        account: "111122223333".to_owned(),
        description: description.to_owned(),
        ..Message::default()
    }
}

fn threaded(description: &str, thread: &str) -> Message {
    Message {
        thread: Some(thread.to_owned()),
        thread_summary: Some(format!("about {thread}")),
        ..message(description)
    }
}

fn rooms(messages: Vec<Message>) -> Rooms {
    let mut rooms = Rooms::default();
    rooms.name_workspace("T1", "acme");
    for message in messages {
        rooms.post("T1", "C1", message);
    }
    rooms.name_channel("T1", "C1", "deploys");
    rooms
}

#[test]
fn messages_with_one_thread_id_stand_together_in_the_order_of_their_threads() {
    let rooms = rooms(vec![threaded("1", "web"), message("2"), threaded("3", "api"), threaded("4", "web")]);
    let room = rooms.get("T1", "C1").expect("a room");
    let threads: Vec<Vec<&str>> = room
        .threads()
        .iter()
        .map(|thread| thread.messages.iter().map(|message| message.description.as_str()).collect())
        .collect();
    assert_eq!(threads, [vec!["1", "4"], vec!["2"], vec!["3"]]);
}

#[test]
fn the_terminal_shows_a_room_as_a_person_would_read_it() {
    let mut first = threaded("*web* failed\nin prod", "web");
    first.title = Some("Deployment failed".to_owned());
    first.next_steps = vec!["look at the tasks".to_owned()];
    first.keywords = vec!["ecs".to_owned(), "prod".to_owned()];
    first.related_resources = vec!["arn:aws:ecs:x".to_owned()];
    let rooms = rooms(vec![first, threaded("again\u{1b}[2J", "web")]);
    let expected = "\
#deploys (acme)

  Thread: about web
  AWS  2026-11-20T10:00:00Z  account 111122223333
  Deployment failed
  *web* failed
  in prod
  - look at the tasks
  [ecs] [prod]
  arn:aws:ecs:x
      AWS  2026-11-20T10:00:00Z  account 111122223333
      again [2J
";
    assert_eq!(render_room(rooms.get("T1", "C1").expect("a room")), expected);
}

#[test]
fn the_page_escapes_what_came_from_outside_and_loads_nothing() {
    let mut hostile = threaded("<script>alert('1')</script> & \"more\"", "web");
    hostile.title = Some("<b>".to_owned());
    hostile.next_steps = vec!["<i>".to_owned()];
    hostile.keywords = vec!["<u>".to_owned()];
    let page = page(&rooms(vec![hostile]));
    assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;more&quot;"));
    for raw in ["<script", "<b>", "<i>", "<u>", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(raw), "{raw}");
    }
    assert!(page.contains("prefers-color-scheme:dark"));
}

#[test]
fn an_empty_page_says_so() {
    assert!(page(&Rooms::default()).contains("No room has a message yet."));
}

#[test]
fn rooms_are_json_too() {
    let json = rooms(vec![threaded("1", "web")]).to_json();
    let room = &json["rooms"][0];
    assert_eq!((&room["workspaceName"], &room["channelName"]), (&"acme".into(), &"deploys".into()));
    assert_eq!(room["messages"][0]["at"], "2026-11-20T10:00:00Z");
    assert_eq!(room["messages"][0]["thread"], "web");
}
