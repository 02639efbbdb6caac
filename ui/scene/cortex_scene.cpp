// SPDX-License-Identifier: GPL-3.0-or-later
#include "scene/cortex_scene.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "scene/cortex_shader.h"
#include "scene/scene_state.h"

namespace cortexscope {
namespace {

std::string text(Index number) {
  return textOf(number);
}

}  // namespace

void CortexShape::check() const {
  checkSurface(anatomical.left, "left anatomical surface");
  checkSurface(anatomical.right, "right anatomical surface");
  if (inflated) {
    for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
      const Index expected = anatomical.hemisphere(side).vertexCount(),
                  got = inflated->hemisphere(side).vertexCount();
      const char* name = side == Hemisphere::Left ? "left" : "right";
      require(got == expected, ErrorCode::BadShape, [&] {
        return std::string("the ") + name + " inflated surface has " + text(got) +
               " vertices, the anatomical one has " + text(expected);
      });
      checkSurface(inflated->hemisphere(side), std::string(name) + " inflated surface");
    }
  }
  require(sulcalDepth.size() == 0 || sulcalDepth.size() == anatomical.vertexCount(), ErrorCode::BadShape,
          [&] {
            return "sulcal depth has " + text(sulcalDepth.size()) + " values, the cortex has " +
                   text(anatomical.vertexCount()) + " vertices";
          });
}

CortexScene::CortexScene() : m_state(std::make_unique<State>()) {}

CortexScene::~CortexScene() {
  m_state->removeFromWindow();
}

void CortexScene::setCortex(const CortexShape& shape) {
  shape.check();
  std::vector<std::string> names;
  for (const auto& cell : m_state->cells) names.push_back(cell->name());
  m_state->removeFromWindow();
  m_state->cells.clear();
  m_state->leftCount = shape.anatomical.left.vertexCount();
  m_state->rightCount = shape.anatomical.right.vertexCount();
  for (const Hemisphere side : {Hemisphere::Left, Hemisphere::Right}) {
    const Surface& anatomical = shape.anatomical.hemisphere(side);
    const Surface* inflated = shape.inflated ? &shape.inflated->hemisphere(side) : nullptr;
    std::span<const float> depth;
    if (shape.sulcalDepth.size() > 0)
      depth = {shape.sulcalDepth.data() + shape.anatomical.firstVertex(side),
               static_cast<std::size_t>(anatomical.vertexCount())};
    auto mesh = std::make_unique<HemisphereMesh>(anatomical, inflated, depth);
    mesh->setInflation(m_state->inflation);
    m_state->shared.meshes[side == Hemisphere::Left ? 0 : 1] = std::move(mesh);
  }
  if (std::ssize(m_state->keys) != vertexCount()) m_state->keys.clear();
  m_state->marker.reset();
  m_state->addToWindow();
  m_state->bordersAreStale = m_state->fitIsStale = true;
  setBrains(names);
}

void CortexScene::setBrains(const std::vector<std::string>& names) {
  require(std::ssize(names) <= kMostBrains, ErrorCode::BadValue, [&] {
    return "at most " + text(kMostBrains) + " brains can be shown at once, got " + text(std::ssize(names));
  });
  require(names.empty() || m_state->shared.meshes[0] != nullptr, ErrorCode::BadShape,
          "a cortex is needed before brains can be shown");
  m_state->removeFromWindow();
  m_state->cells.clear();
  for (const std::string& name : names)
    m_state->cells.push_back(std::make_unique<BrainCell>(m_state->shared, name));
  m_state->addToWindow();
  m_state->layoutIsStale = m_state->lookIsStale = true;
  changed();
}

int CortexScene::brainCount() const {
  return static_cast<int>(m_state->cells.size());
}
Index CortexScene::vertexCount() const {
  return m_state->leftCount + m_state->rightCount;
}

void CortexScene::requireBrain(int brain) const {
  require(brain >= 0 && brain < brainCount(), ErrorCode::BadValue,
          [&] { return "there is no brain " + text(brain) + " among " + text(brainCount()); });
}

void CortexScene::setMask(int brain, std::span<const std::uint8_t> shown) {
  requireBrain(brain);
  require(shown.empty() || std::ssize(shown) == vertexCount(), ErrorCode::BadShape, [&] {
    return "the mask of brain " + text(brain) + " needs " + text(vertexCount()) + " values, got " +
           text(std::ssize(shown));
  });
  BrainCell& cell = *m_state->cells[static_cast<std::size_t>(brain)];
  const auto left = static_cast<std::size_t>(m_state->leftCount);
  cell.surface(0).setMask(shown.empty() ? shown : shown.first(left));
  cell.surface(1).setMask(shown.empty() ? shown : shown.subspan(left));
  changed();
}

void CortexScene::setValues(int brain, std::span<const float> now, std::span<const float> next) {
  requireBrain(brain);
  require(std::ssize(now) == vertexCount() && std::ssize(next) == vertexCount(), ErrorCode::BadShape, [&] {
    return "brain " + text(brain) + " needs " + text(vertexCount()) + " values, got " +
           text(std::ssize(now)) + " and " + text(std::ssize(next));
  });
  const auto left = static_cast<std::size_t>(m_state->leftCount);
  BrainCell& cell = *m_state->cells[static_cast<std::size_t>(brain)];
  cell.surface(0).setValues(now.first(left), next.first(left));
  cell.surface(1).setValues(now.subspan(left), next.subspan(left));
  changed();
}

void CortexScene::setBlend(float towardsNext) {
  m_state->blend = std::isfinite(towardsNext) ? std::clamp(towardsNext, 0.0f, 1.0f) : 0.0f;
  for (auto& cell : m_state->cells)
    for (int side = 0; side < 2; ++side) setShaderBlend(cell->surface(side).actor(), m_state->blend);
  changed();
}

void CortexScene::setColorScale(const ColorScale& scale) {
  scale.check();
  if (scale.note.empty() != m_state->scale.note.empty()) m_state->layoutIsStale = true;
  m_state->scale = scale;
  m_state->lookIsStale = true;
  changed();
}

const ColorScale& CortexScene::colorScale() const {
  return m_state->scale;
}

void CortexScene::setBackground(Background background) {
  m_state->background = background;
  m_state->lookIsStale = true;
  changed();
}

void CortexScene::setLegendShown(bool shown) {
  m_state->legendShown = shown;
  m_state->layoutIsStale = true;
  changed();
}

void CortexScene::setSmoothEdges(bool smooth) {
  m_state->smoothEdges = smooth;
  m_state->lookIsStale = true;
  changed();
}

void CortexScene::setRegions(const Parcellation& regions) {
  require(std::ssize(regions.keys) == vertexCount(), ErrorCode::BadShape, [&] {
    return "the parcellation has " + text(std::ssize(regions.keys)) + " vertices, the cortex has " +
           text(vertexCount());
  });
  m_state->keys = regions.keys;
  m_state->regions = regions.regions;
  m_state->bordersAreStale = true;
  changed();
}

void CortexScene::setBorders(Borders borders, const std::string& regionName) {
  if (borders == m_state->borders && regionName == m_state->borderRegion) return;
  m_state->borders = borders;
  m_state->borderRegion = regionName;
  m_state->bordersAreStale = m_state->lookIsStale = true;
  changed();
}

void CortexScene::setMarker(std::optional<Index> vertex) {
  m_state->marker = vertex;
  changed();
}

void CortexScene::changed() const {
  if (onChange) onChange();
}

}  // namespace cortexscope
