//! awsQuery: a form goes in, XML comes out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Reply, query_names, xml};
use crate::sim::call::{Answer, ApiError};
use crate::sim::service::Service;

/// Reads the operation from `Action` and the input from the other fields.
pub fn decode(body: &[u8]) -> Result<(String, Value), ApiError> {
    let mut operation = None;
    let mut root = Node::default();
    for (name, text) in form_urlencoded::parse(body) {
        match name.as_ref() {
            "Action" => operation = Some(text.into_owned()),
            "Version" => {}
            path => root.insert(path, text.into_owned()),
        }
    }
    let Some(operation) = operation else {
        return Err(ApiError::new("MissingAction", "The request must contain the parameter Action"));
    };
    Ok((operation, root.into_structure()))
}

/// A field, or the fields below a dotted name.
#[derive(Default)]
struct Node {
    text: Option<String>,
    children: BTreeMap<String, Node>,
}

impl Node {
    fn insert(&mut self, path: &str, text: String) {
        let leaf = path.split('.').fold(self, |node, part| node.children.entry(part.to_owned()).or_default());
        leaf.text = Some(text);
    }

    fn into_structure(self) -> Value {
        Value::Object(self.children.into_iter().map(|(name, node)| (name, node.into_value())).collect())
    }

    fn into_value(mut self) -> Value {
        if self.children.is_empty() {
            return Value::String(self.text.unwrap_or_default());
        }
        if self.children.len() == 1 {
            if let Some(list) = self.children.remove("member") {
                return Value::Array(list.in_order().map(Node::into_value).collect());
            }
            if let Some(map) = self.children.remove("entry") {
                return Value::Object(map.in_order().filter_map(Node::into_entry).collect());
            }
        }
        self.into_structure()
    }

    /// The children of a list, by their number.
    fn in_order(self) -> impl Iterator<Item = Node> {
        let mut numbered: Vec<(usize, Node)> = self
            .children
            .into_iter()
            .map(|(number, node)| (number.parse().unwrap_or(usize::MAX), node))
            .collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, node)| node)
    }

    /// A map entry. SNS calls the parts of a message attribute Name and Value.
    fn into_entry(mut self) -> Option<(String, Value)> {
        let key = self.children.remove("key").or_else(|| self.children.remove("Name"))?;
        let value = self.children.remove("value").or_else(|| self.children.remove("Value"))?;
        Some((key.text?, value.into_value()))
    }
}

/// Writes an answer as the query protocol's XML.
pub fn render(service: Service, operation: &str, request_id: &str, answer: &Answer) -> Reply {
    let headers = vec![("content-type", "text/xml".to_owned()), ("x-amzn-requestid", request_id.to_owned())];
    let namespace = service.xml_namespace();
    match answer {
        Ok(output) => {
            let empty = Map::new();
            let members = output.as_object().unwrap_or(&empty);
            let body = xml::output(operation, namespace, members, request_id);
            Reply { status: 200, headers, body: body.into_bytes() }
        }
        Err(refusal) => {
            let refusal = in_query_words(service, operation, refusal);
            let body = xml::error(namespace, &refusal, request_id);
            Reply { status: refusal.status, headers, body: body.into_bytes() }
        }
    }
}

fn in_query_words(service: Service, operation: &str, refusal: &ApiError) -> ApiError {
    if refusal.code == "UnknownOperationException" {
        let message = format!("Could not find operation {operation}");
        return ApiError::new("InvalidAction", message);
    }
    let code = query_names::code(service, &refusal.code);
    ApiError::new(code, refusal.message.clone()).with_status(refusal.status)
}
