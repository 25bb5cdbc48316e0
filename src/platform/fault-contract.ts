/** What zod says against a value, in Chinese: its own words are English, and its Chinese ones name types in English. */
import type { z } from 'zod';

export function faultInChinese(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return '未填写，或类型不对';
    case 'too_small':
      return isCounted(issue.origin)
        ? Number(issue.minimum) === 1
          ? '不能为空'
          : `至少 ${issue.minimum} ${unitOf(issue.origin)}`
        : `应${issue.inclusive === false ? '大于' : '不小于'} ${issue.minimum}`;
    case 'too_big':
      return isCounted(issue.origin)
        ? `最多 ${issue.maximum} ${unitOf(issue.origin)}`
        : `应${issue.inclusive === false ? '小于' : '不大于'} ${issue.maximum}`;
    case 'invalid_format':
      return '格式不对';
    case 'invalid_value':
      return `应为 ${issue.values.map(String).join('、')}${issue.values.length > 1 ? ' 之一' : ''}`;
    case 'unrecognized_keys':
      return `没有 ${issue.keys.join('、')} 这样的字段`;
    default:
      return '不符合要求';
  }
}

const isCounted = (origin: string): boolean => origin === 'string' || origin === 'array';
const unitOf = (origin: string): string => (origin === 'string' ? '个字符' : '项');
