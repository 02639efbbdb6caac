// SPDX-License-Identifier: GPL-3.0-or-later
#include "networks/tfjs/graph_nodes.h"

#include <deque>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace cortexscope {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxGraphNodes = 100000;

/// Texts inside a graph are base64; anything that is not is taken as it stands.
std::string fromBase64(const std::string& text) {
  static const std::string kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string decoded;
  unsigned bits = 0;
  int count = 0;
  for (const char letter : text) {
    if (letter == '=') break;
    const std::size_t digit = kDigits.find(letter);
    if (digit == std::string::npos) return text;
    bits = bits << 6 | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded.push_back(static_cast<char>(bits >> count & 0xff));
  }
  return decoded;
}

/// "node:0" and "node" name the same first output; "^node" only orders execution.
std::string nodeName(std::string reference) {
  const std::size_t colon = reference.rfind(':');
  if (colon == std::string::npos) return reference;
  require(reference.substr(colon) == ":0", ErrorCode::Unsupported,
          [&] { return "\"" + reference + "\": second outputs of an operator are not handled"; });
  return reference.substr(0, colon);
}

std::vector<GraphNode> nodesOf(const json& topology) {
  const json& list = topology.at("node");
  require(list.size() <= kMaxGraphNodes, ErrorCode::BadFile, "has " + textOf(list.size()) + " nodes");
  std::vector<GraphNode> nodes;
  for (const json& entry : list) {
    GraphNode node{entry.at("name").get<std::string>(),
                   entry.at("op").get<std::string>(),
                   {},
                   entry.value("attr", json::object())};
    for (const json& input : entry.value("input", json::array()))
      if (const std::string name = input.get<std::string>(); !name.starts_with('^'))
        node.inputs.push_back(nodeName(name));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

/// The nodes in an order in which each comes after its inputs.
std::vector<const GraphNode*> inOrder(const std::vector<GraphNode>& nodes) {
  std::map<std::string, std::vector<const GraphNode*>> users;
  std::map<const GraphNode*, std::size_t> missing;
  std::set<std::string> names;
  for (const GraphNode& node : nodes)
    require(names.insert(node.name).second, ErrorCode::BadFile,
            [&] { return "node \"" + node.name + "\" appears twice"; });
  std::deque<const GraphNode*> ready;
  for (const GraphNode& node : nodes) {
    for (const std::string& input : node.inputs) {
      require(names.contains(input), ErrorCode::BadFile,
              [&] { return "node \"" + node.name + "\" takes \"" + input + "\", which does not exist"; });
      users[input].push_back(&node);
    }
    missing[&node] = node.inputs.size();
    if (node.inputs.empty()) ready.push_back(&node);
  }
  std::vector<const GraphNode*> order;
  for (; !ready.empty(); ready.pop_front()) {
    order.push_back(ready.front());
    for (const GraphNode* user : users[ready.front()->name])
      if (--missing[user] == 0) ready.push_back(user);
  }
  require(order.size() == nodes.size(), ErrorCode::BadFile, [&] {
    return "the graph goes in a circle: " + textOf(nodes.size() - order.size()) +
           " nodes wait for each other";
  });
  return order;
}

}  // namespace

std::int64_t graphInteger(const json& value) {
  // 64-bit numbers are written as texts in this format.
  if (!value.is_string()) return value.get<std::int64_t>();
  try {
    return std::stoll(value.get<std::string>());
  } catch (const std::exception&) {
    throw Error(ErrorCode::BadFile, "\"" + value.get<std::string>() + "\" is no number");
  }
}

std::string GraphNode::text(const char* key, const std::string& fallback) const {
  return attributes.contains(key) ? fromBase64(attributes.at(key).at("s").get<std::string>()) : fallback;
}

std::vector<std::int64_t> GraphNode::integers(const char* key, std::vector<std::int64_t> fallback) const {
  if (!attributes.contains(key)) return fallback;
  std::vector<std::int64_t> values;
  for (const json& item : attributes.at(key).at("list").value("i", json::array()))
    values.push_back(graphInteger(item));
  return values;
}

std::vector<std::string> GraphNode::texts(const char* key) const {
  std::vector<std::string> values;
  if (!attributes.contains(key)) return values;
  for (const json& item : attributes.at(key).at("list").value("s", json::array()))
    values.push_back(fromBase64(item.get<std::string>()));
  return values;
}

std::vector<GraphNode> sortedGraphNodes(const json& topology) {
  const std::vector<GraphNode> nodes = nodesOf(topology);
  std::vector<GraphNode> sorted;
  for (const GraphNode* node : inOrder(nodes)) sorted.push_back(*node);
  return sorted;
}

}  // namespace cortexscope
