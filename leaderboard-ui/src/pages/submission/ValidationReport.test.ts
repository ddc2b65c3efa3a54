import { describe, expect, it } from 'vitest'
import { bySlices } from './ValidationReport'

describe('slices of the validation set', () => {
  it('are one table a column, in their order', () => {
    const slices = [
      { column: 'day', value: '', samples: 2, accuracy: 0.5 },
      { column: 'lens', value: 'far', samples: 3, accuracy: 0 },
      { column: 'lens', value: 'wide', samples: 4, accuracy: 1 },
    ]
    expect(bySlices({ metrics: {}, classes: [], confusion: [], slices })).toEqual([
      ['day', [{ key: '', name: '(empty)', samples: 2, recall: 0.5 }]],
      [
        'lens',
        [
          { key: 'far', name: 'far', samples: 3, recall: 0 },
          { key: 'wide', name: 'wide', samples: 4, recall: 1 },
        ],
      ],
    ])
  })
})
