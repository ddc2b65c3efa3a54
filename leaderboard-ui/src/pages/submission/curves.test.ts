import { describe, expect, it } from 'vitest'
import type { CurvePoint } from '../../api/types'
import { finding, lines } from './curves'

const point = (epoch: number, validationAccuracy: number, validationLoss: number, trainLoss: number): CurvePoint => ({
  epoch,
  trainLoss,
  trainAccuracy: 0.5,
  validationLoss,
  validationAccuracy,
  learningRate: 0.1,
})

describe('a curve', () => {
  it('is in the order of its epochs, however it arrived', () => {
    expect(lines([point(2, 0.6, 1, 1), point(1, 0.5, 2, 2)], 'accuracy').validation).toEqual([0.5, 0.6])
  })
})

describe('its sentence', () => {
  it('waits for the first epoch', () => {
    expect(finding([], 'loss')).toBe('The first point comes with the end of the first epoch.')
  })
  it('says when it stands at its best', () => {
    expect(finding([point(1, 0.5, 2, 2), point(2, 0.6, 1, 1)], 'accuracy')).toBe('0.600 on validation after epoch 2, the best so far.')
  })
  it('says where the best was left behind', () => {
    expect(finding([point(1, 0.7, 2, 2), point(2, 0.6, 1, 1)], 'accuracy')).toBe(
      '0.600 on validation after epoch 2; the best was 0.700 after epoch 1.',
    )
  })
  it('names memorizing: validation loss up while training loss falls', () => {
    expect(finding([point(1, 0.7, 1, 2), point(2, 0.6, 1.5, 1)], 'loss')).toBe(
      '1.500 on validation after epoch 2, lowest after epoch 1 (1.000); on training it fell on.',
    )
  })
})
